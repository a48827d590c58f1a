package metrics_test

import (
	"fmt"

	"digitlab/nnlib/metrics"
)

// Seven images of three digits; one 0 is read as a 1, two 1s as a 2.
func ExampleConfusion_Text() {
	c, err := metrics.NewConfusion(3, []int{0, 0, 0, 1, 1, 1, 2}, []int{0, 0, 1, 1, 2, 2, 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, _ := c.Text(nil, 2)
	fmt.Print(text)
	// Output:
	//               precision    recall  f1-score   support
	//
	//            0       1.00      0.67      0.80         3
	//            1       0.50      0.33      0.40         3
	//            2       0.33      1.00      0.50         1
	//
	//     accuracy                           0.57         7
	//    macro avg       0.61      0.67      0.57         7
	// weighted avg       0.69      0.57      0.59         7
}

// An output that never reaches one half has no true positive, although it is
// the largest of its row: by argmax the image is read well.
func ExampleThreshold() {
	tally, err := metrics.Threshold(2, []int{0, 1}, []float64{0.9, 0.1, 0.2, 0.4})
	if err != nil {
		fmt.Println(err)
		return
	}
	for class, t := range tally {
		fmt.Printf("class %d: %d found, %d missed, F1 %.2f\n", class, t.TruePositive, t.FalseNegative, t.Score().F1)
	}
	// Output:
	// class 0: 1 found, 0 missed, F1 1.00
	// class 1: 0 found, 1 missed, F1 0.00
}
