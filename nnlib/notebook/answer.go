package notebook

import "fmt"

// Answer prints what is to be said of the answer to an exercise: that there is
// none yet, what is wrong with it or, where wrong is empty, that it is right,
// and why. An answer that is wrong is no failure of the cell.
func Answer(given bool, wrong, right string) { fmt.Println(said(given, wrong, right)) }

func said(given bool, wrong, right string) string {
	switch {
	case !given:
		return "No answer yet: write yours where the code says \"your answer\", and run it."
	case wrong != "":
		return "Not yet: " + wrong + "."
	case right != "":
		return "Right: " + right + "."
	}
	return "Right."
}
