package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"amend/fault"
)

// House is what the company gives to every message.
type House struct {
	Brand   string // how customers know it; the sign of its short messages
	Hotline string // the real number: printed on the card or the website, never a mobile
	Domain  string // host of the customer site, for the line that binds a code to it
}

// maxParam bounds one parameter, in runes: a reviewer's question, a joined list.
const maxParam = 2000

// placeholders lists the names in text, in order of first appearance.
func placeholders(text string) []string {
	var names []string
	expand(text, func(name string) (string, bool) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		return "", true
	})
	return names
}

// expand replaces each {name} by what value answers, in one pass: what a parameter
// holds is never read again, and a brace that encloses no name stands for itself.
func expand(text string, value func(name string) (string, bool)) string {
	var b strings.Builder
	for text != "" {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			break
		}
		b.WriteString(text[:open])
		text = text[open:]
		end := strings.IndexByte(text, '}')
		if end < 0 || !plain(text[1:end]) {
			b.WriteByte('{')
			text = text[1:]
			continue
		}
		if v, ok := value(text[1:end]); ok {
			b.WriteString(v)
		} else {
			b.WriteString(text[:end+1])
		}
		text = text[end+1:]
	}
	b.WriteString(text)
	return b.String()
}

func plain(name string) bool {
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	return name != ""
}

func fill(text string, params map[string]string) string {
	return expand(text, func(name string) (string, bool) {
		v, ok := params[name]
		return v, ok
	})
}

// phrase words the first of lines; "count" is the number of them all.
func (b *Book) phrase(l Lang, key string, lines []Line) string {
	return fill(b.in(l).Phrases[key], map[string]string{
		"field": lines[0].Field, "value": lines[0].Value, "count": strconv.Itoa(len(lines)),
	})
}

// Check refuses parameters that k does not need, lacks or could not print, and those of a
// staff message that are not in their form, so that a message is known to be writable, in
// every language, when it is filed, in the same transaction.
func Check(k Kind, params map[string]string) error {
	if err := printable(k, params); err != nil || !k.Staff() {
		return err
	}
	for name, value := range params {
		if !formOf(name).holds(value) {
			return fault.New(fault.Internal, "message_param_worded", "kind", k, "name", name)
		}
	}
	return nil
}

// printable is Check without the forms, which a notice loses as it is worded.
func printable(k Kind, params map[string]string) error {
	s, known := k.spec()
	if !known || k.made() {
		return fault.New(fault.Internal, "message_kind_unknown", "kind", k)
	}
	need := s.params
	if !s.staff {
		need = append(slices.Clone(need), "report")
	}
	for _, name := range need {
		if strings.TrimSpace(params[name]) == "" {
			return fault.New(fault.Internal, "message_param_missing", "kind", k, "name", name)
		}
	}
	for name, value := range params {
		if !slices.Contains(need, name) {
			return fault.New(fault.Internal, "message_param_unknown", "kind", k, "name", name)
		}
		if !utf8.ValidString(value) || utf8.RuneCountInString(value) > maxParam {
			return fault.New(fault.Invalid, "message_param_bad", "kind", k, "name", name, "max", maxParam)
		}
	}
	return nil
}

// Write makes what a channel carries out of a message: one part in its own words,
// several as one message of kind Joined. Parts for staff are Worded already.
func (b *Book) Write(h House, m Message) (Outgoing, error) {
	if h.Brand == "" || h.Hotline == "" || h.Domain == "" || len(m.Parts) == 0 {
		return Outgoing{}, fault.New(fault.Internal, "message_house_missing")
	}
	for _, p := range m.Parts {
		if err := printable(p.Kind, p.Params); err != nil {
			return Outgoing{}, err
		}
	}
	first := m.Parts[0]
	o := Outgoing{ID: m.id(), Kind: first.Kind, Channel: first.Channel, To: first.To, Lang: first.Lang, Brand: h.Brand}
	params := h.params(first.Params)
	if len(m.Parts) > 1 {
		o.Kind = Joined
		if first.Kind.Staff() {
			o.Kind = StaffJoined
		}
		params["count"] = strconv.Itoa(len(m.Parts))
		params["list"] = b.lines(h, m)
	}
	t := b.in(o.Lang).Templates[o.Kind]
	if o.Channel == SMS {
		o.short(t, params)
		return o, nil
	}
	if len(m.Parts) > 1 {
		params["list"] = b.bodies(h, m)
	}
	o.Subject = oneLine(fill(t.Subject, params))
	o.Text = b.frame(first, params, visible(fill(t.Mail, params)))
	return o, nil
}

// short fills o with a short message and what a gateway that registers texts needs.
func (o *Outgoing) short(t Template, params map[string]string) {
	o.Text = trimBlank(fill(t.SMS, params))
	_, o.Segments = Segments(o.Text)
	o.Template = t.Register
	for _, name := range t.Params {
		o.Params = append(o.Params, Param{Name: name, Value: oneLine(params[name])})
	}
}

func (b *Book) frame(p Part, params map[string]string, body string) string {
	in := b.in(p.Lang)
	frame := in.Customer
	if p.Kind.Staff() {
		frame = in.Staff
	}
	params["body"] = body
	return fill(frame, params)
}

// lines is what a joined short message says of each part.
func (b *Book) lines(h House, m Message) string {
	in := b.in(m.Parts[0].Lang)
	all := make([]string, len(m.Parts))
	for i, p := range m.Parts {
		all[i] = oneLine(fill(in.Templates[p.Kind].Line, h.params(p.Params)))
	}
	return strings.Join(all, in.Phrases["between"])
}

// bodies is what a joined mail says: each part in full, under its own subject.
func (b *Book) bodies(h House, m Message) string {
	in := b.in(m.Parts[0].Lang)
	all := make([]string, len(m.Parts))
	for i, p := range m.Parts {
		t, params := in.Templates[p.Kind], h.params(p.Params)
		all[i] = oneLine(fill(t.Subject, params)) + "\n" + fill(t.Mail, params)
	}
	return strings.Join(all, "\n\n")
}

// params adds what the house gives to what a part brings.
func (h House) params(own map[string]string) map[string]string {
	all := map[string]string{"brand": h.Brand, "hotline": h.Hotline, "domain": h.Domain}
	for name, value := range own {
		all[name] = visible(value)
	}
	return all
}

// id is stable across retries: the part's own, or a digest of the parts' ids.
func (m Message) id() string {
	if len(m.Parts) == 1 {
		return m.Parts[0].ID
	}
	sum := sha256.New()
	for _, p := range m.Parts {
		sum.Write([]byte(p.ID + "\n"))
	}
	return "j" + hex.EncodeToString(sum.Sum(nil)[:12])
}

// visible drops what a reader cannot see but a parser, or the reader's eye, would
// obey: control characters other than a line break, and marks that turn the writing
// direction (a value could otherwise dress itself up as our own words).
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029':
			return -1
		}
		return r
	}, s)
}

// oneLine makes s fit for a subject line or one parameter of a gateway.
func oneLine(s string) string { return strings.Join(strings.Fields(visible(s)), " ") }

// trimBlank ends each line where its words end; the line breaks of a template stay.
func trimBlank(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
