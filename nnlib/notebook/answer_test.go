package notebook

import (
	"strings"
	"testing"
)

func TestAnswer(t *testing.T) {
	for _, test := range []struct {
		given              bool
		wrong, right, want string
	}{
		{false, "it is 0", "", "No answer yet: "},
		{true, "it is 0", "it is 1", "Not yet: it is 0."},
		{true, "", "it is 1", "Right: it is 1."},
		{true, "", "", "Right."},
	} {
		if got := said(test.given, test.wrong, test.right); !strings.HasPrefix(got, test.want) {
			t.Errorf("%+v: %q", test, got)
		}
	}
}
