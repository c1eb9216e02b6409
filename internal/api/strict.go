package api

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"amend/fault"
)

// maxDepth bounds how deep a body nests.
const maxDepth = 32

// A scanner reads JSON (RFC 8259) more strictly than its decoder: one value and nothing
// behind it, UTF-8 and whole surrogate pairs, no member twice in one object, and only the
// members and kinds of value that a shape has. So the signer, the policy and the store
// see one meaning (ASVS V1.5.3). It keeps no value; texts remembers what was sent.
type scanner struct {
	data  []byte
	pos   int
	texts map[string]bool
	fail  *fault.Error
}

// checkBody answers nil if data is exactly one value of the shape.
func checkBody(data []byte, s *shape, texts map[string]bool) error {
	sc := &scanner{data: data, texts: texts}
	sc.space()
	if sc.pos == len(data) {
		if s.optional {
			return nil
		}
		return fault.New(fault.Malformed, "body_missing")
	}
	sc.value(s, "", 0)
	sc.space()
	if sc.fail == nil && sc.pos < len(data) {
		sc.bad("trailing_data", "")
	}
	if sc.fail != nil {
		return sc.fail
	}
	return nil
}

// bad keeps the first thing that is wrong. Where it stands is told by position and by our
// own members' names, never by what was sent.
func (s *scanner) bad(code, path string, params ...any) {
	if s.fail == nil {
		s.fail = fault.New(fault.Malformed, code, append(params, "at", s.pos)...).On(path)
	}
	s.pos = len(s.data)
}

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// next is the byte at the position, 0 at the end.
func (s *scanner) next() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

// take moves over c and reports whether it stood there.
func (s *scanner) take(c byte) bool {
	if s.next() != c || s.pos >= len(s.data) {
		return false
	}
	s.pos++
	return true
}

func (s *scanner) value(sh *shape, path string, depth int) {
	if depth > maxDepth {
		s.bad("too_deep", path, "max", maxDepth)
		return
	}
	s.space()
	switch c := s.next(); {
	case c == '{':
		s.object(sh, path, depth)
	case c == '[':
		s.array(sh, path, depth)
	case c == '"':
		s.kind(sh, path, isText)
		if text := s.text(path); sh.kind == isText && !printable(text) {
			s.bad("control_character", path)
		}
	case c == '-' || c >= '0' && c <= '9':
		s.kind(sh, path, isWhole)
		from := s.pos
		s.number(path)
		if _, err := strconv.ParseInt(string(s.data[from:s.pos]), 10, 64); sh.kind == isWhole && err != nil {
			s.bad("member_kind", path, "want", isWhole)
		}
	case c == 't':
		s.kind(sh, path, isFlag)
		s.word("true", path)
	case c == 'f':
		s.kind(sh, path, isFlag)
		s.word("false", path)
	default:
		s.word("null", path)
	}
}

// kind refuses a value that is not what the shape asks for.
func (s *scanner) kind(sh *shape, path, is string) {
	if sh.kind != anything && sh.kind != is {
		s.bad("member_kind", path, "want", sh.kind)
	}
}

func (s *scanner) word(want, path string) {
	if len(s.data)-s.pos < len(want) || string(s.data[s.pos:s.pos+len(want)]) != want {
		s.bad("malformed_json", path)
		return
	}
	s.pos += len(want)
}

func (s *scanner) object(sh *shape, path string, depth int) {
	s.kind(sh, path, isObject)
	s.take('{')
	s.space()
	if s.take('}') {
		return
	}
	seen := map[string]bool{}
	for s.fail == nil {
		s.space()
		if s.next() != '"' {
			s.bad("malformed_json", path)
			return
		}
		name := s.text(path)
		member, known := sh.member(name)
		switch {
		case s.fail != nil:
			return
		case seen[name]:
			s.bad("duplicate_member", path)
		case !known:
			s.bad("unknown_member", path)
		}
		seen[name] = true
		s.space()
		if !s.take(':') {
			s.bad("malformed_json", path)
		}
		below := path
		if sh.kind == isObject {
			below = join(path, name)
		}
		s.value(member, below, depth+1)
		if s.closes('}', path) {
			return
		}
	}
}

func (s *scanner) array(sh *shape, path string, depth int) {
	s.kind(sh, path, isList)
	s.take('[')
	s.space()
	if s.take(']') {
		return
	}
	for i := 0; s.fail == nil; i++ {
		below := path
		if sh.kind == isList {
			below = join(path, strconv.Itoa(i))
		}
		s.value(sh.element(), below, depth+1)
		if s.closes(']', path) {
			return
		}
	}
}

// closes moves over the end of an object or array, or over the comma before its next part.
func (s *scanner) closes(end byte, path string) bool {
	s.space()
	if s.take(end) {
		return true
	}
	if !s.take(',') {
		s.bad("malformed_json", path)
	}
	return false
}

// number moves over a number; its digits stay as they are.
func (s *scanner) number(path string) {
	s.take('-')
	if !s.take('0') && !s.digits() {
		s.bad("malformed_json", path)
	}
	if s.take('.') && !s.digits() {
		s.bad("malformed_json", path)
	}
	if s.take('e') || s.take('E') {
		if !s.take('+') {
			s.take('-')
		}
		if !s.digits() {
			s.bad("malformed_json", path)
		}
	}
}

func (s *scanner) digits() bool {
	from := s.pos
	for c := s.next(); c >= '0' && c <= '9'; c = s.next() {
		s.pos++
	}
	return s.pos > from
}

// text moves over a string and answers what it says.
func (s *scanner) text(path string) string {
	from := s.pos
	s.pos++
	for s.fail == nil {
		switch c := s.next(); {
		case s.pos >= len(s.data) || c < 0x20:
			s.bad("malformed_json", path)
		case c == '"':
			s.pos++
			return s.said(from)
		case c == '\\':
			s.escape(path)
		case c < utf8.RuneSelf:
			s.pos++
		default:
			r, size := utf8.DecodeRune(s.data[s.pos:])
			if r == utf8.RuneError && size == 1 {
				s.bad("bad_utf8", path)
				return ""
			}
			s.pos += size
		}
	}
	return ""
}

// said decodes the string that begins at from and remembers it.
func (s *scanner) said(from int) string {
	var text string
	if err := json.Unmarshal(s.data[from:s.pos], &text); err != nil {
		s.bad("malformed_json", "")
	}
	s.texts[text] = true
	return text
}

func (s *scanner) escape(path string) {
	s.pos++
	c := s.next()
	s.pos++
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return
	case 'u':
		s.surrogates(path)
		return
	}
	s.bad("malformed_json", path)
}

// surrogates moves over \uXXXX, and over the second half where the first asks for one. A
// half alone is no character: decoders replace it silently, each by its own rule.
func (s *scanner) surrogates(path string) {
	first, ok := s.hex()
	switch {
	case !ok:
		s.bad("malformed_json", path)
	case first >= 0xDC00 && first <= 0xDFFF:
		s.bad("lone_surrogate", path)
	case first >= 0xD800 && first <= 0xDBFF:
		if !s.take('\\') || !s.take('u') {
			s.bad("lone_surrogate", path)
			return
		}
		if second, ok := s.hex(); !ok || second < 0xDC00 || second > 0xDFFF {
			s.bad("lone_surrogate", path)
		}
	}
}

func (s *scanner) hex() (uint64, bool) {
	if len(s.data)-s.pos < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s.data[s.pos:s.pos+4]), 16, 32)
	s.pos += 4
	return n, err == nil
}
