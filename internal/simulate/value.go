package simulate

import (
	"encoding/json"
	"fmt"

	"amend/customer"
)

// Invented values: each is another one, and carries its mark.

func (w *world) next() int {
	w.serial++
	return w.serial
}

func (w *world) phone() string { return fmt.Sprintf("%s%04d", phoneMark, w.next()%10_000) }
func (w *world) mail() string  { return fmt.Sprintf("%s%d@inbox.example", mailMark, w.next()) }
func (w *world) word() string  { return fmt.Sprintf("%s %d", wordMark, w.next()) }

func (w *world) name() string {
	family := pick(w.chance, []rune("王李张刘陈杨黄赵周吴"))
	return string(family) + nameMark + string(rune(0x4e00+w.next()%20_000))
}

func (w *world) address() string {
	return fmt.Sprintf(`{"country":"SG","line":"%s road %d"}`, wordMark, w.next())
}

// A field is one that people change, with how often and what they write there.
type field struct {
	weight int
	key    customer.Key
	value  func(*world) string // a JSON value
}

func quoted(f func(*world) string) func(*world) string {
	return func(w *world) string {
		b, _ := json.Marshal(f(w)) // a string always marshals
		return string(b)
	}
}

func choice(of ...string) func(*world) string {
	return quoted(func(w *world) string { return pick(w.chance, of) })
}

func list(w *world) string { return fmt.Sprintf(`[%q]`, w.word()) }

// likes are changes that need nobody's agreement, or one person's at most.
func likes() []field {
	return []field{
		{20, "interests", list}, {10, "preferences", list}, {8, "language", choice("zh-Hans", "en", "ja", "fr", "de")},
		{8, "contact_time", choice("any", "morning", "noon", "evening", "weekend")}, {8, "contact_channel", choice("phone", "sms", "email", "letter")},
		{6, "tags", list}, {5, "dietary", list}, {4, "marketing_optout", func(w *world) string { return pick(w.chance, []string{"true", "false"}) }},
		{4, "remark", quoted((*world).word)}, {4, "employer", quoted((*world).word)}, {3, "title", choice("Dr", "Ms", "Mr", "Prof")},
		{3, "name_spelling", quoted((*world).name)}, {2, "service_records", list},
	}
}

// guarded are changes that must be proven, approved and waited for.
func guarded() []field {
	return []field{
		{24, "phone", quoted((*world).phone)}, {24, "email", quoted((*world).mail)}, {5, "email/work", quoted((*world).mail)}, {5, "phone/home", quoted((*world).phone)},
		{12, "address", (*world).address}, {5, "legal_name", quoted((*world).name)}, {4, "bank_account_no", quoted((*world).bank)},
		{4, "passport", quoted((*world).passport)}, {4, "messenger", quoted((*world).mail)}, {2, "customer_class", choice("standard", "high")},
	}
}

func (w *world) bank() string     { return fmt.Sprintf("62%s%06d", phoneMark, w.next()) }
func (w *world) passport() string { return fmt.Sprintf("%s%04d", passportMark, w.next()%10_000) }

// draw picks a field by its weight.
func (w *world) draw(fields []field) (drawn field) {
	turns := make([]turn, len(fields))
	for i, f := range fields {
		turns[i] = turn{f.weight, func() { drawn = f }}
	}
	w.chance.one(turns)
	return drawn
}
