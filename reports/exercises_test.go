package main

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"digitlab/nnlib/mnist"
)

// exercise is one of a notebook's exercises that have a check.
type exercise struct {
	notebook string
	answer   string // the line, or part of one, that waits for the answer
	right    string // in its place; the solution that is folded below says the same
	solution string // of the folded text, where that is not right
	wrong    []wrongAnswer
	before   string // Go statements that do what earlier cells would have done
	images   bool   // MNIST is needed
}

// wrongAnswer is what is written instead, and what the check says of it.
type wrongAnswer struct{ text, said string }

var exercises = []exercise{
	{notebook: "01_digits", answer: "const place = 0", right: "const place = 28*10 + 14", solution: "`28*10 + 14`",
		wrong: []wrongAnswer{{"const place = 402", "row 14 and column 10"}, {"const place = 265", "counted from 0"}, {"const place = 293", "place 293 is in row 10 and column 13"}}},
	{notebook: "01_digits", answer: "{0, 0}", right: "{14, 14}", images: true,
		wrong: []wrongAnswer{{"{0, 28}", "from 0 to 27"}, {"{3, 14}", "% of the images"}}},
	{notebook: "02_by_hand", answer: "return 0", right: "return (1 - math.Abs(h)) * (1 - math.Abs(h))",
		wrong: []wrongAnswer{{"return 1 - h*h", "at z = -3"}, {"return math.NaN()", "not NaN"}}},
	{notebook: "02_by_hand", answer: "const moved = 0.0", right: "const moved = 0.35", solution: "`0.35`",
		wrong: []wrongAnswer{{"const moved = 0.25", "-0.05"}}},
	{notebook: "03_training", answer: "return 0", right: "if now < before { return 1.05 * rate }; return 0.5 * rate", solution: "if now < before",
		wrong: []wrongAnswer{{"if now <= before { return 1.05 * rate }; return 0.5 * rate", "where cost 1.1 follows 1.1"}, {"return 1.05 * rate", "where cost 1.1 follows 0.9"}}},
	{notebook: "03_training", answer: "images, deviation = 0, 0.0", right: "images, deviation = 12000, 98",
		wrong: []wrongAnswer{{"images, deviation = 42000, 98", "0.2 of 60,000"}, {"images, deviation = 12000, 9600", "the square"}, {"images, deviation = 12000, 112", "in place of"}}},
	{notebook: "04_per_digit", answer: "= 0.0, 0.0, 0.0", right: "= 6.0 / 12, 6.0 / 8, 2 * 0.5 * 0.75 / (0.5 + 0.75)", solution: "`6.0 / 12, 6.0 / 8`",
		wrong: []wrongAnswer{{"= 0.75, 0.5, 0.6", "exchanged"}, {"= 0.6, 0.75, 0.6", "of 12 answers"}, {"= 0.5, 0.8, 0.6", "of 8 examples"}, {"= 0.5, 0.75, 0.625", "harmonic"}}},
	{notebook: "04_per_digit", answer: "const macro = 0.0 ", right: "const macro = 0.020 ", solution: "`const macro = 0.020`", images: true,
		wrong: []wrongAnswer{{"const macro = 0.204 ", "digit 1 alone"}, {"const macro = 0.1135 ", "other nine"}}},
	{notebook: "05_improvements", answer: "const halved = 0", right: "const halved = 3466",
		wrong: []wrongAnswer{{"const halved = 693", "rate takes part"}, {"const halved = 2500", "the weight is 0.607"}}},
	{notebook: "05_improvements", answer: "return 0", right: "return 2.78 * sweep.SpreadOf(d...).Deviation / math.Sqrt(5)",
		wrong: []wrongAnswer{{"return 2.78 * sweep.SpreadOf(d...).Deviation", "single difference"}, {"return 1.96 * sweep.SpreadOf(d...).Deviation / math.Sqrt(5)", "is 2.391 and not 1.686"}}},
	{notebook: "06_spark_anatomy", answer: "const place = 0", right: "const place = 11*20 + 7*5 + 3", solution: "`11*20 + 7*5 + 3`",
		wrong: []wrongAnswer{{"const place = 238", "biases too"}, {"const place = 287", "7 is the row"}, {"const place = 259", "W2 begins at 220"}}},
	{notebook: "06_spark_anatomy", answer: "const block = 0", right: "const block = 30",
		wrong: []wrongAnswer{{"const block = 60", "and the plain mean"}, {"const block = 15", "larger"}}},
	{notebook: "07_speed", answer: "multiplications = 0", right: "multiplications = 2*100*128 + 3*128*10", solution: "`2*100*128 + 3*128*10`",
		wrong: []wrongAnswer{{"multiplications = 204544", "zeros too"}, {"multiplications = 14080", "forward"}, {"multiplications = 7", "64 units"}}},
	{notebook: "07_speed", answer: "\tfor w := range workers {\n\t\tvar part float32", solution: "add the pieces up in their order",
		right: "\tpieces := make([]float32, 79)\n\tfor i, v := range x {\n\t\tpieces[i/128] += v\n\t}\n\tfor _, p := range pieces {\n\t\tsum += p\n\t}\n\treturn sum\n\tfor w := range workers {\n\t\tvar part float32",
		wrong: []wrongAnswer{{"\tworkers = max(1, workers/2)\n\tfor w := range workers {\n\t\tvar part float32", "different sums"}}},
	{notebook: "08_ask", answer: "const characters = 0", right: "const characters = 135736",
		wrong: []wrongAnswer{{"const characters = 101800", "the bytes"}, {"const characters = 135733", "groups of three"}}},
	{notebook: "08_ask", answer: "return slices.Clone(p)", right: "q := slices.Clone(p); for y := range 28 { slices.Reverse(q[28*y : 28*y+28]) }; return q", solution: "slices.Reverse(q[28*y : 28*y+28])",
		wrong:  []wrongAnswer{{"q := slices.Clone(p); slices.Reverse(q); return q", "27 - x"}, {"return nil", "27 - x"}},
		before: "run, steps := goal()\nfor range run.To(nb.Context(), load(mnist.Train), steps) {\n}\nnb.Check(run.Err())\n", images: true},
	{notebook: "09_playground", answer: "const units = 0", right: "const units = 2",
		wrong: []wrongAnswer{{"const units = 1", "with 1 the best"}, {"const units = 4", "so is one less"}}},
	{notebook: "09_playground", answer: "return 0", right: "return x*x + y*y", wrong: []wrongAnswer{{"return x + y", "% of the points"}}},
	{notebook: "10_your_data", answer: "const long = 0.0", right: "const long = 6.4", solution: "`t.Mean[2] + 1.5*t.Scale[2]`", before: iris,
		wrong: []wrongAnswer{{"const long = 1.5", "1.5 cm would be"}}},
	{notebook: "10_your_data", answer: "chosen = []int{}", right: "chosen = []int{2, 3}", solution: "`[]int{2, 3}`", before: iris,
		wrong: []wrongAnswer{{"chosen = []int{0, 1}", "with columns [0 1]"}, {"chosen = []int{2, 9}", "from 0 to 3"}, {"chosen = []int{2}", "two different"}}},
	{notebook: "11_machines", answer: "const sent = 0", right: "const sent = 305340", solution: "`const sent = 305340`",
		wrong: []wrongAnswer{{"const sent = 152670", "one of the two halves"}, {"const sent = 407120", "needs itself"}, {"const sent = 203560", "three other ranks"}}},
	{notebook: "11_machines", answer: "const least = 0.0", right: "const least = 19.7", solution: "`const least = 19.7`",
		wrong: []wrongAnswer{{"const least = 2.2", "the sum alone"}, {"const least = 21.9", "10/11"}, {"const least = 5.0", "the share would be 69.5"}}},
}

const iris = "nb.Check(os.MkdirAll(folder, 0o755))\nnb.Check(writeIris(folder + \"/iris.csv\"))\n"

// variant is an exercise with an answer in its place.
type variant struct {
	name, source, want string
}

// Every check says of no answer that there is none, of each wrong one what is wrong, and of the solution that it is
// right; none of them fails its cell. All variants become packages of one program, which is built once.
func TestExercisesAreChecked(t *testing.T) {
	if testing.Short() {
		t.Skip("builds every exercise")
	}
	root, notebooks := ours(t)
	var variants []variant
	checks := map[string]int{}
	for _, e := range exercises {
		nb, err := readNotebook(filepath.Join(root, "notebooks", e.notebook+".ipynb"))
		if err != nil {
			t.Fatal(err)
		}
		checks[e.notebook]++
		if e.images && len(mnist.Missing(filepath.Join(root, "data"))) > 0 {
			t.Logf("%s, %s: not tried, there are no images", e.notebook, e.answer)
			continue
		}
		add := func(answer, want string) {
			source, err := e.program(nb, answer, len(variants))
			if err != nil {
				t.Fatalf("%s: %v", e.notebook, err)
			}
			variants = append(variants, variant{e.notebook + ", " + answer, source, want})
		}
		add(e.answer, "No answer yet: ")
		add(e.right, "Right")
		for _, w := range e.wrong {
			add(w.text, w.said)
		}
		solution := e.solution
		if solution == "" {
			solution = e.right
		}
		if !slices.ContainsFunc(nb.cells, func(c cell) bool {
			return c.Kind == "markdown" && strings.Contains(string(c.Source), "<details><summary>Solution</summary>\n\n") && strings.Contains(string(c.Source), solution)
		}) {
			t.Errorf("%s: no folded solution says %s", e.notebook, solution)
		}
	}
	for _, path := range notebooks {
		name := strings.TrimSuffix(filepath.Base(path), ".ipynb")
		if nb, err := readNotebook(path); err != nil || strings.Count(nb.text(), "nb.Answer(") != checks[name] || checks[name] < 2 {
			t.Errorf("%s: %d exercises are tried here, at least two and all of its checks are wanted", name, checks[name])
		}
	}
	place := bench(t, root)
	program := build(t, root, variants)
	for i, v := range variants {
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
		cmd := exec.CommandContext(ctx, program, strconv.Itoa(i))
		cmd.Dir, cmd.Env = place, append(os.Environ(), "NB_QUICK=1")
		out, err := cmd.CombinedOutput()
		stop()
		if err != nil {
			t.Errorf("%s: the cell fails: %v\n%s", v.name, err, out)
			continue
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		last := lines[len(lines)-1]
		if kind := regexp.MustCompile("^(No answer yet: |Right)").FindString(v.want); kind != "" && !strings.HasPrefix(last, kind) ||
			kind == "" && (!strings.HasPrefix(last, "Not yet: ") || !strings.Contains(last, v.want)) {
			t.Errorf("%s: the check says %q, want %q", v.name, last, v.want)
		}
	}
}

// text is all code of the notebook.
func (nb *notebook) text() string {
	var b strings.Builder
	for _, c := range nb.cells {
		if c.Kind == "code" {
			b.WriteString(string(c.Source) + "\n")
		}
	}
	return b.String()
}

// program is package vN with all that is declared up to the exercise's check, and a function Main that does the check.
func (e exercise) program(nb *notebook, answer string, n int) (string, error) {
	imports, decls, body := map[string]bool{}, "", ""
	found := 0
	for _, c := range nb.cells {
		if c.Kind != "code" {
			continue
		}
		source := string(c.Source)
		if found == 0 && strings.Contains(source, e.answer) && strings.Contains(source, "your answer") || e.answer[0] == '\t' && strings.Contains(source, e.answer) {
			source = strings.Replace(source, e.answer, answer, 1)
			found++
		}
		declared, statements, _ := strings.Cut("\n"+source, "\n%%")
		f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+declared, parser.ParseComments)
		if err != nil {
			return "", fmt.Errorf("%w in\n%s", err, declared)
		}
		for _, spec := range f.Imports {
			line := spec.Path.Value
			if spec.Name != nil {
				line = spec.Name.Name + " " + line
			}
			imports[line] = true
		}
		end := token.Pos(len("package p\n") + 1)
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
				end = g.End()
			}
		}
		decls += ("package p\n" + declared)[end-1:] + "\n"
		if found > 0 && strings.Contains(statements, "nb.Answer(") {
			body = statements
			break
		}
	}
	if found != 1 || body == "" {
		return "", fmt.Errorf("%q waits for an answer %d times, want once and a check after it", e.answer, found)
	}
	return pack(n, imports, decls+"\nfunc Main() {\n"+e.before+"{"+body+"\n}}\n"), nil
}

// pack is a package with those of the imports that it uses.
func pack(n int, imports map[string]bool, code string) string {
	head := fmt.Sprintf("package v%d\n", n)
	for line := range imports {
		name, at, ok := strings.Cut(line, " ")
		if !ok {
			at, name = line, path.Base(strings.TrimSuffix(strings.Trim(line, `"`), "/v2"))
		}
		if regexp.MustCompile(`\b` + name + `\.`).MatchString(code) {
			head += "import " + name + " " + at + "\n"
		}
	}
	return head + code
}

// build makes one program of all variants, which does the one whose number it is given.
func build(t *testing.T, root string, variants []variant) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	head, list := "", ""
	for i, v := range variants {
		write(fmt.Sprintf("v%d/v.go", i), v.source)
		head += fmt.Sprintf("import \"tried/v%d\"\n", i)
		list += fmt.Sprintf("v%d.Main, ", i)
	}
	write("main.go", "package main\n\nimport (\n\"os\"\n\"strconv\"\n)\n"+head+
		"func main() {\n\ti, _ := strconv.Atoi(os.Args[1])\n\t[]func(){"+list+"}[i]()\n}\n")
	for _, args := range [][]string{{"mod", "init", "tried"}, {"work", "init"}, {"work", "use", ".", root}, {"build", "-ldflags=-w", "-o", "program", "."}} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", args[0], err, out)
		}
	}
	return filepath.Join(dir, "program")
}

// bench is a folder like notebooks/ in which programs may write: data and sources are linked to.
func bench(t *testing.T, root string) string {
	t.Helper()
	dir := t.TempDir()
	notebooks := filepath.Join(dir, "notebooks")
	if err := os.Mkdir(notebooks, 0o755); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"data": "data", "nnlib": "nnlib", "notebooks/iris.libsvm": "notebooks/iris.libsvm"} {
		if err := os.Symlink(filepath.Join(root, filepath.FromSlash(to)), filepath.Join(dir, filepath.FromSlash(link))); err != nil {
			t.Fatal(err)
		}
	}
	return notebooks
}
