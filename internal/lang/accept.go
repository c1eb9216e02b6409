package lang

import (
	"strconv"
	"strings"
)

// maxAccept bounds how much of an Accept-Language header is read, in bytes.
const maxAccept = 1000

// Of picks the language that a reader prefers, English if they say nothing that we speak.
// accept is an Accept-Language header (RFC 9110 §12.5.4).
func Of(accept string) Lang { return Prefer(accept, EN) }

// Prefer picks the language that a reader prefers, otherwise the one a company set.
// "*" leaves the choice to the company; of equal weights the first wins; a weight of 0
// or one that cannot be read refuses its language.
func Prefer(accept string, otherwise Lang) Lang {
	if len(accept) > maxAccept {
		accept = accept[:maxAccept]
	}
	best, weight := otherwise, 0.0
	for part := range strings.SplitSeq(accept, ",") {
		tag, params, _ := strings.Cut(part, ";")
		l, ok := Parse(strings.TrimSpace(tag))
		if strings.TrimSpace(tag) == "*" {
			l, ok = otherwise, true
		}
		if w := quality(params); ok && w > weight {
			best, weight = l, w
		}
	}
	return best
}

// quality reads "q=0.8": 1 if nothing is said, 0 if it cannot be read.
func quality(params string) float64 {
	params = strings.TrimSpace(params)
	if params == "" {
		return 1
	}
	value, ok := strings.CutPrefix(strings.ToLower(params), "q=")
	w, err := strconv.ParseFloat(value, 64)
	if !ok || err != nil || !(w >= 0 && w <= 1) {
		return 0
	}
	return w
}
