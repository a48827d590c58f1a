package mpi

import (
	"fmt"
	"strings"
)

// host is where a rank is.
type host struct {
	name         string
	cpus, online int // that it may use, that there are
}

// describe says which ranks are where, and what binds them.
func describe(library string, hosts []host) string {
	names, ranks := []string{}, map[string][]int{}
	for r, h := range hosts {
		if ranks[h.name] == nil {
			names = append(names, h.name)
		}
		ranks[h.name] = append(ranks[h.name], r)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d ranks on %s", library, len(hosts), plural(len(names), "host"))
	bound := ""
	for i, name := range names {
		h := hosts[ranks[name][0]]
		fmt.Fprintf(&b, "%s %s (%s, %s)", []string{":", ","}[min(i, 1)], name, numbers(ranks[name]), plural(h.cpus, "CPU"))
		if fair := h.online / len(ranks[name]); h.cpus < fair && h.cpus == 1 && bound == "" {
			bound = fmt.Sprintf("\n%s binds each rank to one of %d CPUs: mpirun --bind-to none lets a rank's workers use all of them", name, h.online)
		}
	}
	return b.String() + bound
}

// numbers names ranks: "ranks 0-3", or "ranks 0, 2".
func numbers(ranks []int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "rank%s ", "s"[:min(1, len(ranks)-1)])
	for i := 0; i < len(ranks); {
		j := i
		for j+1 < len(ranks) && ranks[j+1] == ranks[j]+1 {
			j++
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprint(&b, ranks[i])
		if j > i {
			fmt.Fprintf(&b, "-%d", ranks[j])
		}
		i = j + 1
	}
	return b.String()
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
