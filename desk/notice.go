package desk

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/notify"
	"amend/privacy"
)

// A telling is the messages that one act writes about one request, to whom it concerns.
type telling struct {
	d     *Desk
	tx    *store.Tx
	r     change.Request
	rec   customer.Record // whose contacts are told
	lang  notify.Lang
	links map[linkFor]string // made so far
}

// linkFor is what one link is for. The messages that one act writes to one reader share it:
// they travel together, and a second link would open nothing more.
type linkFor struct {
	purpose access.Purpose
	contact customer.Key
	to      string
	added   bool
}

// telling speaks the language that the customer chose, as far as there are texts in it:
// "zh-Hans" and "zh-Hant" (BCP 47) are both served by the Chinese ones.
func (d *Desk) telling(tx *store.Tx, r change.Request, rec customer.Record) telling {
	lang := d.house.Lang
	primary, _, _ := strings.Cut(strings.ToLower(string(rec.Get(languageKey))), "-")
	if chosen := notify.Lang(primary); slices.Contains(notify.Langs(), chosen) {
		lang = chosen
	}
	return telling{d: d, tx: tx, r: r, rec: rec, lang: lang, links: map[linkFor]string{}}
}

// send queues a message of kind to one recipient. Where only a person can reach them, it
// becomes a task. Every message carries a way to report an error (row B3).
func (t telling) send(kind notify.Kind, to notify.Recipient, params ...string) error {
	n := store.Notice{Change: t.r.ID, Audience: string(to.Key)}
	n.ID, n.Kind, n.Record, n.Channel, n.To = t.tx.NewID(), kind, t.rec.ID, to.Channel, to.To
	n.Lang, n.Submission, n.Lane, n.Due = t.lang, t.r.Submission, t.r.Lane, t.tx.Now()
	n.Params = pairs(params)
	n.Params["report"] = t.report(to)
	if err := notify.Check(kind, n.Params); err != nil {
		return err
	}
	if _, automatic := t.d.outside.Channels[to.Channel]; !automatic {
		t.tx.AddTask(store.Task{
			ID: t.tx.NewID(), Kind: string(personal(to.Channel)), Record: t.rec.ID, Change: t.r.ID, Contact: to.Key, Role: string(access.Agent),
			OpenedAt: t.tx.Now(), DueAt: t.d.house.Calendar.Add(t.tx.Now(), 2*t.d.house.Calendar.Day()),
		})
		n.Channel, n.Due = personal(to.Channel), time.Time{}
	}
	return t.tx.QueueNotice(n)
}

// personal is how a person reaches a medium that no channel serves.
func personal(m notify.Medium) notify.Medium {
	if m == notify.Letter || m == notify.Call {
		return m
	}
	return notify.Call
}

// report is where a reader says that something is wrong: an old contact may freeze, a new
// one may say that it is a stranger's. Who can do neither, or hears of no request, is given
// the hotline.
func (t telling) report(to notify.Recipient) string {
	switch {
	case t.r.ID == "":
		return t.d.house.Words.Hotline
	case to.May(access.Dispute):
		return t.link(access.Dispute, to)
	case to.May(access.Address):
		return t.link(access.Address, to)
	}
	return t.d.house.Words.Hotline
}

// How long link tokens live. An act token lives as long as its act may be done.
const (
	statusLives  = 120 * 24 * time.Hour
	disputeLives = change.DisputeOpen + 30*24*time.Hour
	confirmLives = 14 * 24 * time.Hour
	addressLives = 24 * time.Hour
)

// link answers the address of a link for one purpose and one destination. A contact that
// may not have such a link gets the hotline: asking for it is a mistake here that must not
// become a leak.
func (t telling) link(p access.Purpose, to notify.Recipient) string {
	if !to.May(p) {
		return t.d.house.Words.Hotline
	}
	is := linkFor{p, to.Key, to.To, to.New}
	if t.links[is] == "" {
		t.links[is] = t.makeLink(p, to)
	}
	return t.links[is]
}

func (t telling) makeLink(p access.Purpose, to notify.Recipient) string {
	token := keys.NewLinkToken(t.tx.Now(), t.tx.Rand())
	l := access.Link{Purpose: p, Submission: t.r.Submission, Contact: string(to.Key), New: to.New}
	lives := map[access.Purpose]time.Duration{access.Status: statusLives, access.Dispute: disputeLives, access.Confirm: confirmLives, access.Address: addressLives}[p]
	if p != access.Status {
		l.Change = string(t.r.ID)
	}
	t.tx.AddLink(keys.LinkHash(token), t.r.Record, l, t.tx.Now().Add(lives))
	return t.d.house.BaseURL + "/l/" + token
}

// lines are the items of the request as a message may show them: the value after, masked.
func (t telling) lines() []notify.Line {
	lines := make([]notify.Line, 0, len(t.r.Items))
	for _, it := range t.r.Items {
		f, _ := t.d.house.Catalog.Of(it.Key)
		lines = append(lines, notify.Line{
			Field: inSentence(label(f, t.lang)), Added: it.Was == nil,
			Value: privacy.Mask(access.Amend(), f, it.Now, false).Text,
		})
	}
	return lines
}

func label(f customer.Field, lang notify.Lang) string {
	if s := f.Label[string(lang)]; s != "" {
		return s
	}
	return f.Name
}

// inSentence writes a label as it stands within a sentence: "Legal name" is "legal name",
// "ID number" stays.
func inSentence(label string) string {
	first, size := utf8.DecodeRuneInString(label)
	second, _ := utf8.DecodeRuneInString(label[size:])
	if unicode.IsUpper(first) && unicode.IsLower(second) {
		return string(unicode.ToLower(first)) + label[size:]
	}
	return label
}

func (t telling) act() string      { return t.d.house.Book.Act(t.lang, t.lines()) }
func (t telling) list() string     { return t.d.house.Book.List(t.lang, t.lines()) }
func (t telling) result() string   { return t.d.house.Book.Result(t.lang, t.lines()) }
func (t telling) replaces() string { return t.d.house.Book.Replaces(t.lang, t.lines()) }
func (t telling) place() string    { return t.d.house.Book.Place(t.lang, t.r.Channel) }

func (t telling) time(m notify.Moment, at time.Time) string {
	return t.d.house.Book.Time(t.lang, m, at.In(t.d.house.Calendar.Zone()))
}

// reply is who is told how the request goes and is asked to confirm its result.
func (t telling) reply() notify.Recipient {
	return notify.Reply(t.rec, t.d.house.Catalog, t.r, t.tx.Now())
}

// everyone sends the security notice of a contact change to every contact of the last 90
// days, and at apply to the new one too. This rule is code: no policy can lower it.
func (t telling) everyone(applied bool, at time.Time) error {
	if !notify.TouchesContact(t.d.house.Catalog, t.r) {
		return nil
	}
	for _, to := range notify.Audience(t.rec, t.d.house.Catalog, t.r, t.tx.Now()) {
		kind, hears := to.Hears(applied)
		if !hears || to.To == "" {
			continue
		}
		if err := t.send(kind, to, t.security(kind, to, at)...); err != nil {
			return err
		}
	}
	return nil
}

func (t telling) security(kind notify.Kind, to notify.Recipient, at time.Time) []string {
	params := []string{"time", t.time(notify.At, at), "place", t.place()}
	switch kind {
	case notify.RequestedOld:
		return append(params, "act", t.replaces(), "link", t.link(access.Dispute, to))
	case notify.AppliedOld:
		return append(params, "result", t.result(), "link", t.link(access.Dispute, to))
	case notify.Enrolled:
		return append(params, "link", t.link(access.Status, to))
	}
	return append(params, "link", t.link(access.Address, to))
}

// tellFiled tells that a request came in: every old contact of a contact change, and the
// customer with a link to follow it. The lanes of one submission are told once.
func (d *Desk) tellFiled(tx *store.Tx, r change.Request, rec customer.Record) error {
	t := d.telling(tx, r, rec)
	if err := t.everyone(false, r.FiledAt); err != nil {
		return err
	}
	if r.Lane > 1 {
		return nil
	}
	to := t.reply()
	if to.To == "" || !to.May(access.Status) {
		return nil // nobody to tell yet: the contact being enrolled hears by its own code
	}
	return t.send(notify.Received, to, "ref", r.Submission, "time", t.time(notify.On, d.promise(r)), "link", t.link(access.Status, to))
}

// promise is when the request should be through if everybody acts in time.
func (d *Desk) promise(r change.Request) time.Time {
	at := r.FiledAt
	for _, g := range r.Plan.Gates {
		switch g.Kind {
		case change.Approval:
			at = d.house.Calendar.Add(at, g.Level.Within)
		case change.Cool:
			at = at.Add(g.For)
		default:
			at = at.Add(time.Hour)
		}
	}
	if r.Effective.After(at) {
		at = r.Effective
	}
	return due24(at)
}

// due24 rounds a promise up to the full hour: nobody promises minutes.
func due24(t time.Time) time.Time { return t.Truncate(time.Hour).Add(time.Hour) }

// tellStaff queues a message for a department or a role: what concerns it, never a value. It
// is stored as codes; Worded says it in the language of each reader.
func (d *Desk) tellStaff(tx *store.Tx, audience string, kind notify.Kind, r change.Request, params ...string) error {
	n := store.Notice{Change: r.ID, Audience: audience}
	n.ID, n.Kind, n.Channel, n.Lang = tx.NewID(), kind, notify.Mail, d.house.Lang
	n.Submission, n.Lane, n.Due, n.Record = r.Submission, r.Lane, tx.Now(), r.Record
	n.Params = pairs(params)
	if err := notify.Check(kind, n.Params); err != nil {
		return err
	}
	return tx.QueueNotice(n)
}

// Worded answers what a staff notice says in the language of p: a page, the API and a mail
// say the same.
func (d *Desk) Worded(p notify.Part) notify.Part {
	return d.house.Book.Worded(p, d.house.Catalog, d.house.Calendar.Zone())
}

func pairs(list []string) map[string]string {
	m := make(map[string]string, len(list)/2+1)
	for i := 0; i+1 < len(list); i += 2 {
		m[list[i]] = list[i+1]
	}
	return m
}
