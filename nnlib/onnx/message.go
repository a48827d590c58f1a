package onnx

import (
	"encoding/binary"
	"math"

	"digitlab/nnlib"

	"google.golang.org/protobuf/encoding/protowire"
)

// typeFloat is TensorProto.FLOAT.
const typeFloat = 1

// message is a protocol buffer in the making. Its methods add a field of the
// given number, of onnx.proto, and return the message.
type message struct{ b []byte }

func (m *message) int(field protowire.Number, x int64) *message {
	m.b = protowire.AppendVarint(protowire.AppendTag(m.b, field, protowire.VarintType), uint64(x))
	return m
}

// string leaves an empty text out.
func (m *message) string(field protowire.Number, s string) *message {
	if s != "" {
		m.b = protowire.AppendString(protowire.AppendTag(m.b, field, protowire.BytesType), s)
	}
	return m
}

func (m *message) float(field protowire.Number, x float32) *message {
	m.b = protowire.AppendFixed32(protowire.AppendTag(m.b, field, protowire.Fixed32Type), math.Float32bits(x))
	return m
}

func (m *message) message(field protowire.Number, inner *message) *message {
	m.b = protowire.AppendBytes(protowire.AppendTag(m.b, field, protowire.BytesType), inner.b)
	return m
}

// floats adds numbers as bytes, little-endian float32.
func (m *message) floats(field protowire.Number, x []nnlib.Float) *message {
	m.b = protowire.AppendVarint(protowire.AppendTag(m.b, field, protowire.BytesType), uint64(4*len(x)))
	for _, v := range x {
		m.b = binary.LittleEndian.AppendUint32(m.b, math.Float32bits(float32(v)))
	}
	return m
}
