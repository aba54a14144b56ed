package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/hamba/avro/v2"
	"github.com/twmb/franz-go/pkg/sr"
)

// avroFormat converts between the library's values and the form of the data files: numbers of 64 bits and special floats
// are texts, bytes are hexadecimal, a decimal is its digits, a date or time is the number on the wire, a duration is a
// list of its three numbers, and a union is its bare value.
type avroFormat struct {
	schema avro.Schema
}

func newAvro(text string) (format, error) {
	schema, err := avro.Parse(text)
	return avroFormat{schema}, err
}

func (f avroFormat) options() []sr.EncodingOpt {
	return []sr.EncodingOpt{
		sr.EncodeFn(func(value any) ([]byte, error) { return avro.Marshal(f.schema, value) }),
		sr.DecodeFn(func(data []byte, value any) error { return avro.Unmarshal(f.schema, data, value) }),
		sr.GenerateFn(func() any { return new(map[string]any) }),
	}
}

func (f avroFormat) toCanonical(value any) (any, error) {
	return toCanonical(f.schema, *value.(*map[string]any)), nil
}

func (f avroFormat) fromCanonical(record json.RawMessage) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(record))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return fromCanonical(f.schema, value), nil
}

// convert walks what holds further values; the third result is false for what does not.
func convert(schema avro.Schema, value any, inner func(avro.Schema, any) any) (any, bool) {
	switch schema := schema.(type) {
	case *avro.RefSchema:
		return inner(schema.Schema(), value), true
	case *avro.RecordSchema:
		converted := map[string]any{}
		for _, field := range schema.Fields() {
			converted[field.Name()] = inner(field.Type(), value.(map[string]any)[field.Name()])
		}
		return converted, true
	case *avro.ArraySchema:
		converted := []any{}
		for _, item := range value.([]any) {
			converted = append(converted, inner(schema.Items(), item))
		}
		return converted, true
	case *avro.MapSchema:
		converted := map[string]any{}
		for key, item := range value.(map[string]any) {
			converted[key] = inner(schema.Values(), item)
		}
		return converted, true
	}
	return nil, false
}

func toCanonical(schema avro.Schema, value any) any {
	if union, ok := schema.(*avro.UnionSchema); ok {
		return unionToCanonical(union, value)
	}
	if converted, ok := convert(schema, value, toCanonical); ok {
		return converted
	}
	logical := logicalOf(schema)
	switch value := value.(type) {
	case *big.Rat:
		return value.FloatString(schema.(avro.LogicalTypeSchema).Logical().(*avro.DecimalLogicalSchema).Scale())
	case time.Time:
		switch {
		case logical == avro.Date:
			return value.Unix() / 86400
		case strings.HasSuffix(string(logical), "millis"):
			return strconv.FormatInt(value.UnixMilli(), 10)
		}
		return strconv.FormatInt(value.UnixMicro(), 10)
	case time.Duration:
		if logical == avro.TimeMillis {
			return value.Milliseconds()
		}
		return strconv.FormatInt(value.Microseconds(), 10)
	case int64:
		return strconv.FormatInt(value, 10)
	case avro.LogicalDuration:
		return []uint32{value.Months, value.Days, value.Milliseconds}
	case []byte:
		return hex.EncodeToString(value)
	case float32:
		return floatToCanonical(float64(value))
	case float64:
		return floatToCanonical(value)
	}
	if fixed := reflect.ValueOf(value); fixed.Kind() == reflect.Array {
		return fixedToCanonical(schema.(*avro.FixedSchema), fixed)
	}
	return value
}

// unionToCanonical takes a value that is bare, or the only entry of a map from its branch's name: the library gives the
// second where it has no Go type for one of the branches.
func unionToCanonical(union *avro.UnionSchema, value any) any {
	if value == nil {
		return nil
	}
	entries, _ := value.(map[string]any)
	for name, inner := range entries {
		if branch, at := union.Types().Get(name); at >= 0 {
			return toCanonical(branch, inner)
		}
	}
	for _, branch := range union.Types() {
		if branch.Type() != avro.Null {
			return toCanonical(branch, value)
		}
	}
	return nil
}

func fixedToCanonical(schema *avro.FixedSchema, value reflect.Value) any {
	raw := make([]byte, value.Len())
	reflect.Copy(reflect.ValueOf(raw), value)
	text := hex.EncodeToString(raw)
	// The library knows the logical type uuid only on strings.
	if schema.Name() == "Identity" {
		return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
	}
	return text
}

func floatToCanonical(value float64) any {
	switch {
	case math.IsNaN(value):
		return "NaN"
	case math.IsInf(value, 1):
		return "Infinity"
	case math.IsInf(value, -1):
		return "-Infinity"
	case value == 0 && math.Signbit(value):
		return "-0"
	}
	return value
}

func logicalOf(schema avro.Schema) avro.LogicalType {
	if schema, ok := schema.(avro.LogicalTypeSchema); ok && schema.Logical() != nil {
		return schema.Logical().Type()
	}
	return ""
}

func fromCanonical(schema avro.Schema, value any) any {
	if union, ok := schema.(*avro.UnionSchema); ok {
		if value == nil {
			return nil
		}
		branch, name := branchOf(union, value)
		return map[string]any{name: fromCanonical(branch, value)}
	}
	if converted, ok := convert(schema, value, fromCanonical); ok {
		return converted
	}
	switch schema.Type() {
	case avro.Int, avro.Long:
		number, err := strconv.ParseInt(fmt.Sprint(value), 10, 64)
		fail(err)
		return integerFromCanonical(schema, number)
	case avro.Float, avro.Double:
		number, err := strconv.ParseFloat(fmt.Sprint(value), 64)
		fail(err)
		if schema.Type() == avro.Float {
			return float32(number)
		}
		return number
	case avro.Bytes, avro.Fixed:
		return bytesFromCanonical(schema, value)
	}
	return value
}

// branchOf finds the branch of a union by the kind of the value: the test's unions are chosen so that it decides.
func branchOf(union *avro.UnionSchema, value any) (avro.Schema, string) {
	kinds := map[reflect.Kind]avro.Type{reflect.Bool: avro.Boolean, reflect.Map: avro.Record, reflect.Slice: avro.Array,
		reflect.String: avro.String}
	kind := kinds[reflect.TypeOf(value).Kind()]
	if _, ok := value.(json.Number); ok {
		kind = avro.Int
	}
	for _, branch := range union.Types() {
		resolved := branch
		if ref, ok := branch.(*avro.RefSchema); ok {
			resolved = ref.Schema()
		}
		if resolved.Type() == avro.Null || len(union.Types()) > 2 && resolved.Type() != kind {
			continue
		}
		if named, ok := resolved.(avro.NamedSchema); ok {
			return branch, named.FullName()
		}
		if logical := logicalOf(resolved); logical != "" {
			return branch, string(resolved.Type()) + "." + string(logical)
		}
		return branch, string(resolved.Type())
	}
	fail(fmt.Errorf("no branch of %s for %v", union, value))
	return nil, ""
}

func integerFromCanonical(schema avro.Schema, number int64) any {
	switch logicalOf(schema) {
	case avro.Date:
		return time.Unix(number*86400, 0).UTC()
	case avro.TimeMillis:
		return time.Duration(number) * time.Millisecond
	case avro.TimeMicros:
		return time.Duration(number) * time.Microsecond
	case avro.TimestampMillis:
		return time.UnixMilli(number).UTC()
	case avro.TimestampMicros:
		return time.UnixMicro(number).UTC()
	}
	if schema.Type() == avro.Int {
		return int(number)
	}
	return number
}

func bytesFromCanonical(schema avro.Schema, value any) any {
	if logicalOf(schema) == avro.Decimal {
		decimal, _ := new(big.Rat).SetString(value.(string))
		return decimal
	}
	if parts, ok := value.([]any); ok {
		var numbers [3]uint32
		for at, part := range parts {
			number, err := strconv.ParseUint(fmt.Sprint(part), 10, 32)
			fail(err)
			numbers[at] = uint32(number)
		}
		return avro.LogicalDuration{Months: numbers[0], Days: numbers[1], Milliseconds: numbers[2]}
	}
	raw, err := hex.DecodeString(strings.ReplaceAll(value.(string), "-", ""))
	fail(err)
	fixed, ok := schema.(*avro.FixedSchema)
	if !ok {
		return raw
	}
	array := reflect.New(reflect.ArrayOf(fixed.Size(), reflect.TypeFor[byte]())).Elem()
	reflect.Copy(array, reflect.ValueOf(raw))
	return array.Interface()
}
