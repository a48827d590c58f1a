package figure

import (
	"strings"
	"testing"

	"digitlab/nnlib/metrics"
)

func TestValuesAsHTML(t *testing.T) {
	r, err := metrics.NewRegression(1, []float64{1, 2, 3}, []float64{1, 2, 5})
	if err != nil {
		t.Fatal(err)
	}
	m, err := metrics.NewMcNemar([]bool{true, true, false}, []bool{false, true, false})
	if err != nil {
		t.Fatal(err)
	}
	f, err := metrics.NewForecast(2, []int{0, 1}, []float64{0.75, 0.25, 0.5, 0.5}, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		shown interface {
			HTML() (string, error)
			Figure() (string, error)
		}
		want []string
	}{
		{Regression(r), []string{"R² −1.0000 over 3 rows", `<span class="mute">RMSE</span> <b>1.155</b>`}},
		{McNemar(m, "a<b", "c"), []string{"a&lt;b reads 1 alone, c reads 0 alone: p = 1.00", "exact binomial", `<span class="mute">difference in accuracy, points</span> <b>33.33</b>`}},
		{Forecast(f, []string{"x", "y"}), []string{"stands first in 100.00", `<span class="mute">log-loss, nats</span> <b>0.4904</b>`, `<span class="mute">ROC-AUC of y</span> <b>1.0000</b>`}},
		{SweepTable{swept()}, []string{"After 100 steps", `<th scope="row" class="l">rate=0.1</th><td>3</td><td>0</td>`, "<td>0.3700 ± 0.0200</td>", "<td>76.00 ± 1.00</td>"}},
	} {
		fragment, err := test.shown.HTML()
		if err != nil {
			t.Fatal(err)
		}
		figure, _ := test.shown.Figure()
		if !strings.HasPrefix(fragment, `<div class="digitlab"><style>`) || !strings.Contains(fragment, figure) {
			t.Errorf("%s does not bring its style", figure)
		}
		if err := wellFormed(figure); err != nil {
			t.Errorf("%v in %s", err, figure)
		}
		for _, want := range test.want {
			if !strings.Contains(figure, want) {
				t.Errorf("%q is missing in %s", want, figure)
			}
		}
	}
}
