package spark

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"digitlab/nnlib"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// vector is Spark's VectorUDT in Parquet.
type vector struct {
	Type    int8      `parquet:"type"` // 1 dense, 0 sparse
	Size    *int32    `parquet:"size,optional"`
	Indices []int32   `parquet:"indices,optional,list"`
	Values  []float64 `parquet:"values,optional,list"`
}

// record is the only row of a saved model's data.
type record struct {
	Weights *vector `parquet:"weights,optional"`
}

// rowMetadata is the schema in Spark's own words: without it Spark reads the
// column as a struct, which is no vector.
const rowMetadata = `{"type":"struct","fields":[{"name":"weights","type":{"type":"udt",` +
	`"class":"org.apache.spark.ml.linalg.VectorUDT","pyClass":"pyspark.ml.linalg.VectorUDT",` +
	`"sqlType":{"type":"struct","fields":[` +
	`{"name":"type","type":"byte","nullable":false,"metadata":{}},` +
	`{"name":"size","type":"integer","nullable":true,"metadata":{}},` +
	`{"name":"indices","type":{"type":"array","elementType":"integer","containsNull":false},"nullable":true,"metadata":{}},` +
	`{"name":"values","type":{"type":"array","elementType":"double","containsNull":false},"nullable":true,"metadata":{}}]}},` +
	`"nullable":true,"metadata":{}}]}`

// schema is that of Spark's files. Pages are plain: Spark's reader of vectors
// knows no other encoding that parquet-go would write.
var schema = parquet.NewSchema("spark_schema", parquet.SchemaOf(record{}))

// writeWeights writes a saved model's data.
func writeWeights(w io.Writer, weights []nnlib.Float) error {
	v := &vector{Type: 1, Values: make([]float64, len(weights))}
	for i, x := range weights {
		v.Values[i] = float64(x)
	}
	p := parquet.NewGenericWriter[record](w, schema,
		parquet.DataPageVersion(1),
		parquet.Compression(&parquet.Snappy),
		parquet.CreatedBy("digitlab", "", ""),
		parquet.KeyValueMetadata("org.apache.spark.version", sparkVersion),
		parquet.KeyValueMetadata("org.apache.spark.sql.parquet.row.metadata", rowMetadata))
	_, err := p.Write([]record{{v}})
	return errors.Join(err, p.Close())
}

// readWeights reads a saved model's data, of which n numbers are wanted. Where
// Float is float32 they are rounded.
func readWeights(b []byte, n int) (weights []nnlib.Float, err error) {
	defer func() { // parquet-go's answer to some damaged files
		if r := recover(); r != nil {
			weights, err = nil, fmt.Errorf("damaged: %v", r)
		}
	}()
	// The file ends with the footer, its length and PAR1. parquet-go takes memory
	// for whatever length that says.
	if k := len(b) - 8; k < 4 || string(b[k+4:]) != "PAR1" || uint64(binary.LittleEndian.Uint32(b[k:])) > uint64(k-4) {
		return nil, errors.New("not a Parquet file, or cut off")
	}
	f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	column, ok := f.Schema().Lookup("weights", "values", "list", "element")
	if !ok || column.Node.Type().Kind() != parquet.Double {
		return nil, errors.New("it has no column weights of Spark vectors")
	}
	if f.NumRows() != 1 {
		return nil, fmt.Errorf("%d rows, one is wanted", f.NumRows())
	}
	// The size is in the file's footer: it is looked at before values are read.
	stored := int64(0)
	for _, g := range f.RowGroups() {
		stored += g.ColumnChunks()[column.ColumnIndex].NumValues()
	}
	if stored > int64(n) {
		return nil, fmt.Errorf("%d weights, the layers have %d", stored, n)
	}
	for _, g := range f.Metadata().RowGroups {
		for _, c := range g.Columns {
			switch codec := c.MetaData.Codec; codec {
			case format.Uncompressed, format.Snappy, format.Gzip, format.Zstd:
			default: // parquet-go takes memory without end for a damaged page of some others
				return nil, fmt.Errorf("compressed by %v: Snappy, Gzip, Zstd and none are read", codec)
			}
		}
	}
	r := parquet.NewGenericReader[record](f)
	defer r.Close()
	rows := make([]record, 1)
	if got, err := r.Read(rows); got != 1 {
		return nil, fmt.Errorf("no row: %w", err)
	}
	v := rows[0].Weights
	if v == nil {
		return nil, errors.New("the row is null")
	}
	weights = make([]nnlib.Float, n)
	switch {
	case v.Type == 1 && len(v.Values) != n:
		return nil, fmt.Errorf("%d weights, the layers have %d", len(v.Values), n)
	case v.Type == 0 && (v.Size == nil || int(*v.Size) != n || len(v.Values) != len(v.Indices)):
		return nil, fmt.Errorf("a sparse vector that is not of %d weights", n)
	case v.Type != 0 && v.Type != 1:
		return nil, fmt.Errorf("a vector of the unknown type %d", v.Type)
	}
	for i, x := range v.Values {
		at := i
		if v.Type == 0 {
			at = int(v.Indices[i])
		}
		switch {
		case at < 0 || at >= n:
			return nil, fmt.Errorf("a sparse vector with the index %d, of %d weights", at, n)
		case math.IsNaN(x) || math.IsInf(x, 0):
			return nil, fmt.Errorf("weight %d is %v", at, x)
		}
		weights[at] = nnlib.Float(x)
	}
	return weights, nil
}
