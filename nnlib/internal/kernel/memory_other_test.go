//go:build !unix

package kernel

import "testing"

// pages is n bytes. Here nothing shows a read beyond the end.
func pages(_ testing.TB, n int) []byte { return make([]byte, n) }
