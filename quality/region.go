package quality

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"slices"
	"strings"
	"sync"
)

// A Region is one administrative division. Codes of the mainland are those of GB/T 2260 and
// its extension to streets: 2 digits for a province, 4 city, 6 area, 9 street. Hong Kong,
// Macao and Taiwan, for which no such codes are in use, have paths of names: "HK/九龙/观塘区".
type Region struct {
	Code string
	Name string
}

// divisions is "code,name" in lines, sorted by code, compressed: china-division 2.7.0,
// whose licence is beside it.
//
//go:embed division/regions.csv.gz
var divisions []byte

// regions is every division, sorted by code: a division's descendants follow it. About
// 45,000 of them take 4 MB, and are read when the first is asked for.
var regions = sync.OnceValue(func() []Region {
	z, err := gzip.NewReader(bytes.NewReader(divisions))
	if err != nil {
		panic("quality: divisions: " + err.Error())
	}
	all, err := io.ReadAll(z)
	if err != nil {
		panic("quality: divisions: " + err.Error())
	}
	list := make([]Region, 0, bytes.Count(all, []byte("\n")))
	for line := range strings.Lines(string(all)) {
		code, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ",")
		list = append(list, Region{code, name})
	}
	return list
})

// region answers the division of a code.
func region(code string) (Region, bool) {
	i, found := position(code)
	if !found {
		return Region{}, false
	}
	return regions()[i], true
}

// position is where code stands among the divisions, or would.
func position(code string) (int, bool) {
	return slices.BinarySearchFunc(regions(), code, func(r Region, c string) int { return strings.Compare(r.Code, c) })
}

// Provinces lists the provinces, then Hong Kong, Macao and Taiwan.
func Provinces() []Region { return Children("") }

// Children lists what a division is divided into, in order of code; nothing for a street,
// or for a code that is none.
func Children(code string) []Region {
	all := regions()
	i, found := position(code)
	if found {
		i++
	} else if code != "" {
		return nil
	}
	var list []Region
	for i < len(all) && strings.HasPrefix(all[i].Code, code) {
		list = append(list, all[i])
		i, _ = position(all[i].Code + "\xff") // behind its descendants
	}
	return list
}

// RegionPath answers the divisions from the province down to code.
func RegionPath(code string) ([]Region, bool) {
	var path []Region
	for code != "" {
		r, known := region(code)
		if !known {
			return nil, false
		}
		path = append(path, r)
		code = parent(code)
	}
	slices.Reverse(path)
	return path, len(path) > 0
}

// Picked is the division that a picker names by one code for each level, from the province
// down: the deepest that lies in the one above it. What was picked below a division that was
// then changed belongs to another one, and does not count.
func Picked(codes ...string) string {
	deepest := ""
	for _, code := range codes {
		if code == "" || parent(code) != deepest {
			break
		}
		deepest = code
	}
	return deepest
}

// parent is the code of the division around code, "" around a province.
func parent(code string) string {
	if i := strings.LastIndexByte(code, '/'); i >= 0 {
		return code[:i]
	}
	switch len(code) {
	case 4, 6:
		return code[:len(code)-2]
	case 9:
		return code[:6]
	}
	return ""
}
