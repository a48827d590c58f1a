package figure

import (
	"strings"
	"testing"
)

func exchanges() (measured, model []Exchange) {
	bytes := []float64{4000, 40_000, 4e6}
	return []Exchange{{2, bytes, []float64{1e-5, 4e-5, 3e-3}}, {4, bytes, []float64{1e-5, 2e-4, 0}}},
		[]Exchange{{2, bytes, []float64{1e-5, 2e-5, 3e-3}}, {4, bytes, []float64{2e-5, 1e-4, 6e-3}}}
}

func TestCommunicationIsHeldAgainstTheModel(t *testing.T) {
	c := Communication(exchanges())
	if c.Title != "Half of the sums are within a factor of 2.0 of the model" { // of 1, 1, 2, 2, 2
		t.Error(c.Title)
	}
	if c.Series[0].Colour != c.Series[2].Colour || c.Series[0].Colour == c.Series[1].Colour || c.Series[0].Shape != Thin || c.Series[2].Shape != Points {
		t.Errorf("%+v", c.Series)
	}
	svg, err := c.SVG()
	if err != nil || strings.Count(svg, ">2</text>") != 3 || strings.Count(svg, ">4</text>") != 2 || !strings.Contains(svg, ">4 ranks<") || !strings.Contains(c.Label, "2 ranks, 40,000 bytes: 0.040 ms") {
		t.Errorf("%v, %s", err, c.Label)
	}
	for _, c := range []Chart{Communication(nil, nil), Communication([]Exchange{{Ranks: 2}}, nil), Outlooks(nil), Outlooks([]Outlook{{Name: "none"}})} {
		if _, err := c.SVG(); err != nil {
			t.Error(err)
		}
	}
}

func TestOutlookSaysThatItIsAModel(t *testing.T) {
	c := Outlooks([]Outlook{{"1 Gbit", []int{1, 1000}, []float64{1, 0.38}}, {"10 Gbit", []int{1, 1000}, []float64{1, 0.84}}})
	if c.Title != "Model: by 10 Gbit, 1,000 ranks would compute for 84\u202f% of their time" || !strings.Contains(c.Note, "not a measurement") {
		t.Errorf("%q, %q", c.Title, c.Note)
	}
	if !strings.Contains(c.Label, "1 Gbit: 38\u202f% with 1,000 ranks") {
		t.Error(c.Label)
	}
}
