package memory

import (
	"testing"
	"unsafe"
)

func TestContentStays(t *testing.T) {
	for _, n := range []int{0, 1, page, least - 1, least, least + 1, 3*least + 77} {
		b := Zeros[byte](n)
		if len(b) != n {
			t.Fatalf("%d bytes, want %d", len(b), n)
		}
		for i := range b {
			if b[i] != 0 {
				t.Fatalf("%d bytes: byte %d is %d", n, i, b[i])
			}
			b[i] = byte(i * 31)
		}
		Move(b)
		for i := range b {
			if b[i] != byte(i*31) {
				t.Fatalf("%d bytes: byte %d has changed", n, i)
			}
		}
	}
	x := make([]float32, least)
	for i := range x {
		x[i] = float32(i)
	}
	Move(x[3:])
	for i := range x {
		if x[i] != float32(i) {
			t.Fatalf("number %d has changed", i)
		}
	}
}

func TestInsideIsWholePagesOfTheSlice(t *testing.T) {
	all := make([]byte, least+3*page)
	for _, first := range []int{0, 1, page - 1, page, page + 5} {
		x := all[first:]
		in := inside(x)
		start, end := uintptr(unsafe.Pointer(&in[0])), uintptr(unsafe.Pointer(&in[0]))+uintptr(len(in))
		from, to := uintptr(unsafe.Pointer(&x[0])), uintptr(unsafe.Pointer(&x[0]))+uintptr(len(x))
		if start%page != 0 || end%page != 0 || start < from || end > to || start-from >= page || to-end >= page {
			t.Errorf("from %d: [%x, %x) of [%x, %x)", first, start, end, from, to)
		}
	}
	if inside(all[:least-1]) != nil {
		t.Error("a small slice has pages")
	}
}
