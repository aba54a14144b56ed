package main

import (
	"bytes"
	"encoding/json"

	"github.com/twmb/franz-go/pkg/sr"
)

// jsonFormat takes documents as they are: its library does not validate.
type jsonFormat struct{}

func newJSON(string) (format, error) { return jsonFormat{}, nil }

func (jsonFormat) fromCanonical(record json.RawMessage) (any, error) { return record, nil }

func (jsonFormat) toCanonical(value any) (any, error) { return value, nil }

func (jsonFormat) options() []sr.EncodingOpt {
	return []sr.EncodingOpt{
		sr.EncodeFn(func(value any) ([]byte, error) { return json.Marshal(value) }),
		sr.DecodeFn(func(data []byte, value any) error {
			// Numbers keep their digits.
			decoder := json.NewDecoder(bytes.NewReader(data))
			decoder.UseNumber()
			return decoder.Decode(value)
		}),
		sr.GenerateFn(func() any { return new(map[string]any) }),
	}
}
