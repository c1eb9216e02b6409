package oncall

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"amend/fault"
	"amend/notify"
)

// The bounds of a roster. A message to all of them must be out before the next look.
const (
	maxLevels   = 5
	maxContacts = 10 // of one level
)

// A Contact is one way to somebody on call.
type Contact struct {
	Medium notify.Medium // notify.Mail or notify.SMS
	To     string        // an address, or a number with its country
}

// A Roster is who is told: the first level at once, each further one when the trouble has
// outlasted those before it.
type Roster [][]Contact

// How a contact of each medium is written.
var (
	address = regexp.MustCompile(`^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,180}[A-Za-z0-9])?$`)
	number  = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

// Parse reads AMEND_ON_CALL: levels between semicolons, contacts between commas, each
// mail:NAME@HOST or sms:+NUMBER. Nothing written is nobody on call. A fault says where it
// is, and does not repeat the contact.
func Parse(text string) (Roster, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var roster Roster
	known := map[Contact]bool{}
	for i, part := range strings.Split(text, ";") {
		var level []Contact
		for j, written := range strings.Split(part, ",") {
			at := []any{"level", strconv.Itoa(i + 1), "place", strconv.Itoa(j + 1)}
			c, ok := parseContact(written)
			switch {
			case i >= maxLevels || j >= maxContacts:
				return nil, fault.New(fault.Invalid, "on_call_many", "levels", maxLevels, "contacts", maxContacts)
			case !ok:
				return nil, fault.New(fault.Invalid, "on_call_bad", at...)
			case known[c]:
				return nil, fault.New(fault.Invalid, "on_call_twice", at...)
			}
			known[c] = true
			level = append(level, c)
		}
		roster = append(roster, level)
	}
	return roster, nil
}

func parseContact(written string) (Contact, bool) {
	medium, to, _ := strings.Cut(strings.TrimSpace(written), ":")
	c := Contact{notify.Medium(medium), to}
	switch c.Medium {
	case notify.Mail:
		return c, address.MatchString(to)
	case notify.SMS:
		return c, number.MatchString(to)
	}
	return c, false
}

// Check refuses contacts that there is no way to: mail and sms say which there are.
func (r Roster) Check(mail, sms bool) error {
	for _, way := range []struct {
		medium notify.Medium
		there  bool
		name   string
	}{{notify.Mail, mail, "AMEND_SMTP_URL"}, {notify.SMS, sms, "AMEND_SMS_URL"}} {
		named := slices.ContainsFunc(slices.Concat(r...), func(c Contact) bool { return c.Medium == way.medium })
		if named && !way.there {
			return fault.New(fault.Invalid, "on_call_mute", "medium", way.medium, "name", way.name)
		}
	}
	return nil
}
