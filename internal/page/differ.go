package page

import (
	"context"
	"io"
	"strings"
	"unicode"

	"github.com/a-h/templ"
)

// Differ marks what differs between two values, in pieces that a reader would name: numbers,
// Latin words, runs of Chinese characters. Joining the spans gives back each value.
func Differ(was, now string) (a, b []Span) {
	x, y := tokens(was), tokens(now)
	kept := common(x, y)
	kept = heal(x, y, kept)
	a, b = mark(x, y, kept)
	return join(a), join(b)
}

// A sort of token. Tokens of two sorts never stand in one piece.
type sort int

const (
	other sort = iota
	digits
	word
	han
	star // the mask
)

func sortOf(r rune) sort {
	switch {
	case unicode.Is(unicode.Han, r):
		return han
	case unicode.IsDigit(r):
		return digits
	case unicode.IsLetter(r):
		return word
	case r == '*' || r == '＊' || r == '•':
		return star
	}
	return other
}

// tokens cuts a value: a number, a word and a mask are one token, a Chinese character and
// everything else is a token of its own. A mark that combines stays with what it stands on.
func tokens(s string) []string {
	var all []string
	last := other
	for _, r := range s {
		now := sortOf(r)
		combines := unicode.In(r, unicode.Mn, unicode.Me, unicode.Variation_Selector) || r == '\u200d'
		grows := now == last && (now == digits || now == word || now == star)
		if n := len(all); n > 0 && (combines || grows) {
			all[n-1] += string(r)
			continue
		}
		all, last = append(all, string(r)), now
	}
	return all
}

// A pair is a token of each value that are the same.
type pair struct{ x, y int }

// most bounds the work of comparing: values that multiply beyond it differ as a whole.
const most = 1 << 20

// common is the longest sequence of tokens that both values hold in the same order.
func common(x, y []string) []pair {
	if len(x)*len(y) > most {
		return nil
	}
	length := make([][]int, len(x)+1)
	for i := range length {
		length[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var kept []pair
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			kept = append(kept, pair{i, j})
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return kept
}

// heal gives up a single Chinese character that stayed the same between two that did not:
// half a word that is marked reads worse than the whole.
func heal(x, y []string, kept []pair) []pair {
	in, iy := make(map[int]bool, len(kept)), make(map[int]bool, len(kept))
	for _, k := range kept {
		in[k.x], iy[k.y] = true, true
	}
	torn := func(t []string, i int, same map[int]bool) bool {
		return i > 0 && i+1 < len(t) && !same[i-1] && !same[i+1] && isHan(t[i-1]) && isHan(t[i+1])
	}
	var healed []pair
	for _, k := range kept {
		if isHan(x[k.x]) && torn(x, k.x, in) && torn(y, k.y, iy) {
			continue
		}
		healed = append(healed, k)
	}
	return healed
}

func isHan(token string) bool {
	for _, r := range token {
		return unicode.Is(unicode.Han, r)
	}
	return false
}

// mark turns tokens into spans, what both hold unmarked.
func mark(x, y []string, kept []pair) (a, b []Span) {
	i, j := 0, 0
	for _, k := range append(kept, pair{len(x), len(y)}) {
		left, right := gap(x[i:k.x], y[j:k.y])
		a, b = append(a, left...), append(b, right...)
		if k.x < len(x) {
			a, b = append(a, Span{Text: x[k.x]}), append(b, Span{Text: y[k.y]})
		}
		i, j = k.x+1, k.y+1
	}
	return a, b
}

// gap is what stands between two tokens that are the same. Where a long number became
// another of the same length, only the digits that differ are marked: 8000 and 9000. A mask
// does not say whether what it hides differs, so that it is left alone.
func gap(x, y []string) (a, b []Span) {
	if len(x) == 1 && len(y) == 1 && (masked(x[0]) || masked(y[0])) {
		return Unmarked(x[0]), Unmarked(y[0])
	}
	if len(x) == 1 && len(y) == 1 && long(x[0]) && long(y[0]) {
		u, v := []rune(x[0]), []rune(y[0])
		if len(u) == len(v) {
			for i := range u {
				a = append(a, Span{string(u[i]), u[i] != v[i]})
				b = append(b, Span{string(v[i]), u[i] != v[i]})
			}
			return a, b
		}
	}
	for _, t := range x {
		a = append(a, Span{t, true})
	}
	for _, t := range y {
		b = append(b, Span{t, true})
	}
	return a, b
}

// masked reports whether a token hides what stands there.
func masked(token string) bool {
	for _, r := range token {
		return sortOf(r) == star
	}
	return false
}

// long reports whether a token is a number of more than three digits.
func long(token string) bool {
	n := 0
	for _, r := range token {
		if !unicode.IsDigit(r) {
			return false
		}
		n++
	}
	return n > 3
}

// join puts spans of one kind together.
func join(spans []Span) []Span {
	var all []Span
	for _, s := range spans {
		if n := len(all); n > 0 && all[n-1].Mark == s.Mark {
			all[n-1].Text += s.Text
			continue
		}
		all = append(all, s)
	}
	return all
}

// Unmarked is a value without a difference to show.
func Unmarked(s string) []Span {
	if s == "" {
		return nil
	}
	return []Span{{Text: s}}
}

// Whole is a value that is new or gone as a whole.
func Whole(s string) []Span {
	if s == "" {
		return nil
	}
	return []Span{{Text: s, Mark: true}}
}

// Spans writes a value with its marked pieces in an element, such as "del" or "ins". It is
// written by hand, because not a blank may come between two pieces.
func Spans(element string, spans []Span) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		for _, s := range spans {
			text := templ.EscapeString(s.Text)
			if s.Mark {
				text = "<" + element + ">" + text + "</" + element + ">"
			}
			b.WriteString(text)
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}
