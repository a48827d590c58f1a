package mnist

import "fmt"

// FormatError says that a file is not what its kind of file should be.
type FormatError struct {
	File   string // path or name, as it was given
	Offset int64  // byte of the uncompressed content, from 0
	Msg    string // what is wrong there, and what to do
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("%s: byte %d: %s", e.File, e.Offset, e.Msg)
}

// ChecksumError says that the content of a file of MNIST is not the known one,
// although its sizes are right.
type ChecksumError struct {
	File      string // path or name, as it was given
	Got, Want string // SHA-256 of the uncompressed content, in hexadecimal
}

func (e *ChecksumError) Error() string {
	return fmt.Sprintf("%s: SHA-256 is %.12s..., MNIST's is %.12s...: the file is damaged or other data; get it again", e.File, e.Got, e.Want)
}
