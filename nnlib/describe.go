package nnlib

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// describe writes a recipe, one field a line. Fields with their zero value are
// left out, so that a field added to the package does not make older run
// directories strangers.
func describe(r Recipe) (string, error) {
	var b strings.Builder
	v := reflect.ValueOf(r)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			continue
		}
		name := v.Type().Field(i).Name
		text, err := describeField(v.Field(i))
		if err != nil {
			return "", &RecipeError{name, err.Error()}
		}
		fmt.Fprintf(&b, "%s: %s\n", name, text)
	}
	return b.String(), nil
}

// describeField writes a topology of the package's own layers as the text that
// ParseTopology reads, and everything else as describeValue does.
func describeField(v reflect.Value) (string, error) {
	if t, ok := v.Interface().(Topology); ok {
		if again, err := ParseTopology(t.String()); err == nil && reflect.DeepEqual(again, t) {
			return t.String(), nil
		}
	}
	return describeValue(v)
}

func describeValue(v reflect.Value) (string, error) {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return "nil", nil
		}
		return describeValue(v.Elem())
	case reflect.Struct:
		var fields []string
		for i := range v.NumField() {
			f, t := v.Field(i), v.Type().Field(i)
			if t.Anonymous && f.Kind() == reflect.Struct && f.NumField() == 0 || f.IsZero() {
				continue
			}
			if !t.IsExported() {
				return "", fmt.Errorf("%v has the hidden field %s: a description needs exported ones", v.Type(), t.Name)
			}
			text, err := describeValue(f)
			if err != nil {
				return "", err
			}
			fields = append(fields, t.Name+": "+text)
		}
		return typeName(v.Type()) + "{" + strings.Join(fields, ", ") + "}", nil
	case reflect.Slice, reflect.Array:
		if e := v.Type().Elem().Kind(); e == reflect.Float32 || e == reflect.Float64 {
			b, err := pack(nil, v.Interface())
			return fmt.Sprintf("%d numbers, sha256:%x", v.Len(), sha256.Sum256(b)), err
		}
		var list []string
		for i := range v.Len() {
			text, err := describeValue(v.Index(i))
			if err != nil {
				return "", err
			}
			list = append(list, text)
		}
		return "[" + strings.Join(list, ", ") + "]", nil
	}
	text := ""
	switch v.Kind() { // not by fmt alone, which would ask a String method
	case reflect.Bool:
		text = fmt.Sprint(v.Bool())
	case reflect.String:
		text = strconv.Quote(v.String())
	case reflect.Float32:
		text = fmt.Sprint(float32(v.Float()))
	case reflect.Float64:
		text = fmt.Sprint(v.Float())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		text = fmt.Sprint(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		text = fmt.Sprint(v.Uint())
	}
	switch t := v.Type(); {
	case text != "" && t.PkgPath() == "":
		return text, nil
	case text != "": // a type with a name may be a Penalty, say, of its own
		return typeName(t) + "(" + text + ")", nil
	}
	return "", fmt.Errorf("a description cannot hold a %v: use plain values", v.Type())
}

// typeName is a type's name, with its package's where that is another one: a
// notebook's own L2 is not this package's.
func typeName(t reflect.Type) string {
	if p := t.PkgPath(); p == "" || p == reflect.TypeFor[Recipe]().PkgPath() {
		return t.Name()
	}
	return t.String()
}

// difference shows where two texts differ, line by line.
func difference(have, want string) string {
	lines := func(s string) map[string]string {
		m := map[string]string{}
		for _, l := range strings.Split(strings.TrimSpace(s), "\n") {
			name, value, _ := strings.Cut(l, ": ")
			m[name] = value
		}
		return m
	}
	var b strings.Builder
	h, w := lines(have), lines(want)
	show := func(name string) {
		if h[name] != w[name] {
			fmt.Fprintf(&b, "  %s: there %s, here %s\n", name, orNone(h[name]), orNone(w[name]))
		}
		delete(h, name)
		delete(w, name)
	}
	t := reflect.TypeFor[Recipe]()
	for i := range t.NumField() {
		show(t.Field(i).Name)
	}
	show("Data")
	show("Precision")
	show("Step")
	return b.String()
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
