package table

import (
	"strings"
	"testing"
)

func TestImagesWithoutLabels(t *testing.T) {
	got, err := ReadImages(Source{"x.csv", strings.NewReader("0,255\n51,0\n")}, Options{Scale: ScaleAuto})
	if err != nil {
		t.Fatal(err)
	}
	if got.Len() != 2 || got.Shape().Len() != 2 || got.Scale != Scale255 || got.Class()[1] != 0 {
		t.Errorf("%d rows of %v, scale %v", got.Len(), got.Shape(), got.Scale)
	}
	if _, err := ReadImages(Source{"x.csv", strings.NewReader("0,255\n51\n")}, Options{}); err == nil {
		t.Error("a ragged line is accepted")
	}
}
