package main

import (
	"context"
	"encoding/json"

	"github.com/bufbuild/protocompile"
	"github.com/twmb/franz-go/pkg/sr"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// message is what the test records are: the second message of the second message of its file.
const message = "interop.proto.Outer.Event"

type protobufFormat struct {
	descriptor protoreflect.MessageDescriptor
}

func newProtobuf(text string) (format, error) {
	const name = "schema.proto"
	compiler := protocompile.Compiler{Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{
		Accessor: protocompile.SourceAccessorFromMap(map[string]string{name: text}),
	})}
	files, err := compiler.Compile(context.Background(), name)
	if err != nil {
		return nil, err
	}
	found, err := files.AsResolver().FindMessageByName(message)
	if err != nil {
		return nil, err
	}
	return protobufFormat{found.Descriptor()}, nil
}

func (f protobufFormat) fromCanonical(record json.RawMessage) (any, error) {
	made := dynamicpb.NewMessage(f.descriptor)
	return made, protojson.Unmarshal(record, made)
}

func (f protobufFormat) toCanonical(value any) (any, error) {
	text, err := protojson.Marshal(value.(proto.Message))
	return json.RawMessage(text), err
}

func (f protobufFormat) options() []sr.EncodingOpt {
	// The path from the file to the message.
	var index []int
	for at := protoreflect.Descriptor(f.descriptor); at.Parent() != nil; at = at.Parent() {
		index = append([]int{at.Index()}, index...)
	}
	return []sr.EncodingOpt{
		sr.EncodeFn(func(value any) ([]byte, error) { return proto.Marshal(value.(proto.Message)) }),
		sr.DecodeFn(func(data []byte, value any) error { return proto.Unmarshal(data, value.(proto.Message)) }),
		sr.GenerateFn(func() any { return dynamicpb.NewMessage(f.descriptor) }),
		sr.Index(index...),
	}
}
