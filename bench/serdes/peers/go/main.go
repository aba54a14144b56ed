// Measures github.com/twmb/avro on the records of the benchmark, by turns with it: external.rs says how they talk.
//
// usage: peer FOLDER SHAPE
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"syscall"
	"time"

	"github.com/twmb/avro"
)

// A sample lasts at least so long.
const sample = 20 * time.Millisecond

// A pass does one operation on all records.
type pass func()

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("two arguments are needed"))
	}
	folder, shape := os.Args[1], os.Args[2]
	records := read(filepath.Join(folder, "records"))
	writer, reader := parse(folder, "writer.avsc"), parse(folder, "reader.avsc")
	resolved, err := avro.Resolve(writer, reader)
	fail(err)
	var passes []pass
	switch shape {
	case "ad":
		passes = prepare(writer, resolved, records, (*adClickReader).agree)
	case "tiny":
		passes = prepare(writer, resolved, records, (*tinyReader).agree)
	default:
		fail(fmt.Errorf("no shape %q", shape))
	}
	fmt.Println("encode,decode owned,decode generic,reader schema")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		for _, pass := range passes {
			fmt.Printf("%.1f ", measure(pass, len(records)))
		}
		fmt.Println()
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// check is fail for what must be true of a record.
func check(good bool, at int, reason string) {
	if !good {
		fail(fmt.Errorf("record %d: %s", at, reason))
	}
}

func equal(one, other any) bool { return reflect.DeepEqual(one, other) }

func parse(folder, name string) *avro.Schema {
	text, err := os.ReadFile(filepath.Join(folder, name))
	fail(err)
	schema, err := avro.Parse(string(text))
	fail(err)
	return schema
}

func read(path string) [][]byte {
	data, err := os.ReadFile(path)
	fail(err)
	var records [][]byte
	for len(data) > 0 {
		length := binary.BigEndian.Uint32(data)
		records = append(records, data[4:4+length])
		data = data[4+length:]
	}
	return records
}

// prepare reads all records, checks what is going to be measured, and makes the passes.
func prepare[T, R any](writer, resolved *avro.Schema, records [][]byte, agree func(*R, *T) bool) []pass {
	values := make([]T, len(records))
	var buffer []byte
	for at, record := range records {
		rest, err := writer.Decode(record, &values[at])
		fail(err)
		check(len(rest) == 0, at, "bytes are left")
		var read R
		_, err = resolved.Decode(record, &read)
		fail(err)
		check(agree(&read, &values[at]), at, "the reader schema gives another value")
		var generic any
		_, err = writer.Decode(record, &generic)
		fail(err)
		buffer, err = writer.AppendEncode(buffer[:0], &values[at])
		fail(err)
		checkWritten(writer, at, buffer, record, values[at])
		buffer, err = writer.AppendEncode(buffer[:0], generic)
		fail(err)
		checkWritten(writer, at, buffer, record, values[at])
	}
	return []pass{
		func() {
			for at := range values {
				buffer, _ = writer.AppendEncode(buffer[:0], &values[at])
			}
		},
		func() { decode[T](writer, records) },
		func() { decode[any](writer, records) },
		func() { decode[R](resolved, records) },
	}
}

func decode[T any](schema *avro.Schema, records [][]byte) {
	for _, record := range records {
		var value T
		_, _ = schema.Decode(record, &value)
	}
}

// checkWritten compares bytes, or, as a map has no order in Go, lengths and what is read of them.
func checkWritten[T any](writer *avro.Schema, at int, written, record []byte, value T) {
	if bytes.Equal(written, record) {
		return
	}
	var read T
	_, err := writer.Decode(written, &read)
	fail(err)
	check(len(written) == len(record) && equal(read, value), at, "another record is written")
}

// measure gives nanoseconds of processor time per record, the garbage collector's included.
func measure(pass pass, records int) float64 {
	before, passes := processorTime(), 0
	for passes == 0 || processorTime()-before < sample {
		pass()
		passes++
	}
	return float64(processorTime()-before) / float64(passes*records)
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	fail(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
