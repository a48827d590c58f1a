package metrics

import (
	"encoding/json"
	"fmt"
	"math"
)

// McNemar compares two models on the same examples (McNemar, 1947). Only the
// examples that one of them alone reads correctly say which is better; if
// neither is, each falls on either side with chance one half.
type McNemar struct {
	Both    int64 // examples that both read correctly
	First   int64 // the first model alone
	Second  int64 // the second model alone
	Neither int64
	// Exact says which test gave P: the exact binomial one, or chi-square with
	// one degree of freedom.
	Exact bool
	// Statistic is the smaller of First and Second for the exact test, and
	// otherwise (|First-Second|-1)^2/(First+Second), with Edwards's continuity
	// correction (1948).
	Statistic float64
	// P is the chance, from 0 to 1, of a difference at least as large between
	// models that are equally good, in either direction.
	P float64
}

// Few is the number of examples that one model alone reads correctly below
// which McNemar's test is the exact binomial one.
const Few = 25

// NewMcNemar counts and tests: first[i] and second[i] say whether example i was
// read correctly. The test is exact, P = min(1, 2*sum of C(n,k)/2^n for k up to
// min(First, Second)) with n = First+Second, where n is below Few; otherwise P
// is the upper tail of chi-square at Statistic. It fails on lists of different
// length and without examples.
func NewMcNemar(first, second []bool) (*McNemar, error) {
	if len(first) != len(second) || len(first) == 0 {
		return nil, fmt.Errorf("metrics: McNemar's test: %d answers of the first model, %d of the second: give both for the same examples", len(first), len(second))
	}
	m := &McNemar{}
	for i, a := range first {
		switch b := second[i]; {
		case a && b:
			m.Both++
		case a:
			m.First++
		case b:
			m.Second++
		default:
			m.Neither++
		}
	}
	m.test()
	return m, nil
}

func (m *McNemar) test() {
	n := m.First + m.Second
	if m.Exact = n < Few; m.Exact {
		k := min(m.First, m.Second)
		m.Statistic = float64(k)
		var sum int64
		for i, c := int64(0), int64(1); i <= k; i++ { // c is C(n, i)
			sum += c
			c = c * (n - i) / (i + 1)
		}
		m.P = min(1, math.Ldexp(float64(2*sum), -int(n)))
		return
	}
	d := math.Abs(float64(m.First-m.Second)) - 1
	m.Statistic = d * d / float64(n)
	m.P = math.Erfc(math.Sqrt(m.Statistic / 2))
}

// Examples is the number of examples.
func (m *McNemar) Examples() int64 { return m.Both + m.First + m.Second + m.Neither }

// Difference is the first model's accuracy less the second's, from -1 to 1.
func (m *McNemar) Difference() float64 { return ratio(m.First-m.Second, m.Examples()) }

// Test names the test that gave P.
func (m *McNemar) Test() string {
	if m.Exact {
		return "McNemar, exact binomial"
	}
	return "McNemar, chi-square with continuity correction"
}

// Text is the four counts, the difference and the test. Empty names are "first"
// and "second".
func (m *McNemar) Text(first, second string) string {
	if first == "" {
		first = "first"
	}
	if second == "" {
		second = "second"
	}
	n := float64(m.Examples())
	return fmt.Sprintf("%d examples: both right %d, %s alone %d, %s alone %d, both wrong %d\n"+
		"accuracy: %s %.4f, %s %.4f, difference %+.4f\n"+
		"%s: statistic %.6g, p = %.4g\n",
		m.Examples(), m.Both, first, m.First, second, m.Second, m.Neither,
		first, float64(m.Both+m.First)/n, second, float64(m.Both+m.Second)/n, m.Difference(),
		m.Test(), m.Statistic, m.P)
}

// MarshalJSON adds the name of the test and the difference.
func (m *McNemar) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Examples   int64   `json:"examples"`
		Both       int64   `json:"both_right"`
		First      int64   `json:"first_alone"`
		Second     int64   `json:"second_alone"`
		Neither    int64   `json:"both_wrong"`
		Difference float64 `json:"accuracy_difference"`
		Test       string  `json:"test"`
		Statistic  float64 `json:"statistic"`
		P          float64 `json:"p"`
	}{m.Examples(), m.Both, m.First, m.Second, m.Neither, m.Difference(), m.Test(), m.Statistic, m.P})
}
