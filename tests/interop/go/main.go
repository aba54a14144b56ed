// Produces or consumes the shared test records through unmodified clients and a running Kafka.
//
// usage: interop-go produce|consume AVRO|PROTOBUF|JSON TOPIC COUNT REGISTRY_URL BOOTSTRAP DATA_FOLDER
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sr"
)

const patience = time.Minute

// A format turns records in the form of the data files into values of its library, and back.
type format interface {
	// fromCanonical gives a value to encode.
	fromCanonical(record json.RawMessage) (any, error)
	// toCanonical gives what is printed of a decoded value.
	toCanonical(value any) (any, error)
	// options say how values are encoded and decoded.
	options() []sr.EncodingOpt
}

// A formatKind makes a format of the text of a schema.
type formatKind struct {
	schemaType sr.SchemaType
	file       string
	parse      func(text string) (format, error)
	// readsWithOwn is true where a reader's code is made of its own schema, whatever the writer's is.
	readsWithOwn bool
}

var formats = map[string]formatKind{
	"AVRO":     {sr.TypeAvro, "avro.avsc", newAvro, false},
	"PROTOBUF": {sr.TypeProtobuf, "protobuf.proto", newProtobuf, true},
	"JSON":     {sr.TypeJSON, "json.json", newJSON, false},
}

func main() {
	if len(os.Args) != 8 {
		fail(fmt.Errorf("seven arguments are needed"))
	}
	mode, name, topic, count, url, bootstrap, folder := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5],
		os.Args[6], os.Args[7]
	number, err := strconv.Atoi(count)
	fail(err)
	registry, err := sr.NewClient(sr.URLs(url))
	fail(err)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	kind := formats[name]
	text, err := os.ReadFile(filepath.Join(folder, kind.file))
	fail(err)
	if mode == "produce" {
		records, err := os.ReadFile(filepath.Join(folder, strings.ToLower(name)+".jsonl"))
		fail(err)
		lines := bytes.Split(bytes.TrimSpace(records), []byte("\n"))
		fail(produce(ctx, registry, kind, string(text), topic, bootstrap, lines[:number]))
	} else {
		reader := reader{registry: registry, kind: kind, own: string(text), formats: map[int]format{}}
		fail(reader.consume(ctx, topic, bootstrap, number))
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func produce(ctx context.Context, registry *sr.Client, kind formatKind, text, topic, bootstrap string,
	lines [][]byte) error {
	format, err := kind.parse(text)
	if err != nil {
		return err
	}
	registered, err := registry.CreateSchema(ctx, topic+"-value", sr.Schema{Schema: text, Type: kind.schemaType})
	if err != nil {
		return err
	}
	var serde sr.Serde
	// The JavaScript client does not know this one's compression.
	client, err := kgo.NewClient(kgo.SeedBrokers(bootstrap), kgo.AllowAutoTopicCreation(),
		kgo.ProducerBatchCompression(kgo.NoCompression()))
	if err != nil {
		return err
	}
	defer client.Close()
	for number, line := range lines {
		record := &kgo.Record{Topic: topic, Key: []byte(strconv.Itoa(number))}
		if string(line) != "null" {
			value, err := format.fromCanonical(line)
			if err != nil {
				return fmt.Errorf("record %d: %w", number, err)
			}
			serde.Register(registered.ID, value, format.options()...)
			if record.Value, err = serde.Encode(value); err != nil {
				return fmt.Errorf("record %d: %w", number, err)
			}
		}
		if err := client.ProduceSync(ctx, record).FirstErr(); err != nil {
			return err
		}
	}
	return nil
}

// A reader decodes records with the schema that their writer registered, or with its own.
type reader struct {
	registry *sr.Client
	kind     formatKind
	own      string
	serde    sr.Serde
	formats  map[int]format
}

func (r *reader) consume(ctx context.Context, topic, bootstrap string, left int) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(bootstrap), kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		return err
	}
	defer client.Close()
	printer := json.NewEncoder(os.Stdout)
	for left > 0 {
		fetches := client.PollRecords(ctx, left)
		if errs := fetches.Errors(); len(errs) > 0 {
			return errs[0].Err
		}
		for _, record := range fetches.Records() {
			left--
			if record.Value == nil {
				fmt.Println("null")
				continue
			}
			value, err := r.read(ctx, record.Value)
			if err != nil {
				return fmt.Errorf("offset %d: %w", record.Offset, err)
			}
			if err := printer.Encode(value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reader) read(ctx context.Context, data []byte) (any, error) {
	id, _, err := r.serde.DecodeID(data)
	if err != nil {
		return nil, err
	}
	if r.formats[id] == nil {
		schema, err := r.registry.SchemaByID(ctx, id)
		if err != nil {
			return nil, err
		}
		text := schema.Schema
		if r.kind.readsWithOwn {
			text = r.own
		}
		parsed, err := r.kind.parse(text)
		if err != nil {
			return nil, err
		}
		r.formats[id] = parsed
		r.serde.Register(id, nil, parsed.options()...)
	}
	value, err := r.serde.DecodeNew(data)
	if err != nil {
		return nil, err
	}
	return r.formats[id].toCanonical(value)
}
