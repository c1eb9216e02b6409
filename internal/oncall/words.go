package oncall

import (
	"fmt"
	"strings"
	"time"

	"amend/internal/doctor"
	"amend/internal/lang"
	"amend/notify"
)

// House is how the company speaks to who is on call.
type House struct {
	Brand   string
	Lang    lang.Lang
	Address string // what customers reach us by; names the installation
	Zone    *time.Location
}

// A message is one thing to say, in full for a mail and in short for an SMS.
type message struct {
	subject, text string
	short         string
	template      string // the code that a gateway has the short text registered under
	params        []notify.Param
}

// Kind is what channels and their logs know these messages by.
const Kind notify.Kind = "on_call"

// maxShort bounds what a short message says of the oldest trouble, in characters.
const maxShort = 60

// outgoing is m as a channel carries it to one contact.
func (h House) outgoing(m message, to Contact) notify.Outgoing {
	out := notify.Outgoing{Kind: Kind, Channel: to.Medium, To: to.To, Lang: notify.Lang(h.Lang), Brand: h.Brand, Subject: m.subject, Text: m.text}
	if to.Medium == notify.SMS {
		out.Subject, out.Text, out.Template, out.Params = "", m.short, m.template, m.params
		_, out.Segments = notify.Segments(m.short)
	}
	return out
}

// trouble says what stands.
func (h House) trouble(list []trouble) message {
	n, where := fmt.Sprint(len(list)), h.Address+"/readyz"
	var text strings.Builder
	for _, x := range list {
		fmt.Fprintf(&text, "\n%s%s%s\n%s %s\n", x.Title(h.Lang), h.pick("：", ": "), x.Sentence(h.Lang), h.pick("始于", "Since"), x.since.In(h.Zone).Format("2006-01-02 15:04 MST"))
	}
	first := ""
	if len(list) > 0 {
		first = h.brief(list[0].Finding)
	}
	count := h.pick(n+" 项不正常", "1 thing isn't well")
	if h.Lang != lang.ZH && len(list) != 1 {
		count = n + " things aren't well"
	}
	return message{
		subject:  h.Brand + h.pick("：", ": ") + count,
		text:     h.Brand + " " + h.Address + "\n" + text.String() + "\n" + h.pick("看现状：", "See how it is: ") + where + h.pick("；逐项检查：amend doctor\n", "; look at everything: amend doctor\n"),
		short:    h.sign() + count + h.pick("。", ". ") + first + h.pick("。", ". ") + where,
		template: h.pick("AMEND_ON_CALL_ZH", "AMEND_ON_CALL_EN"),
		params:   []notify.Param{{Name: "n", Value: n}, {Name: "trouble", Value: first}, {Name: "address", Value: where}},
	}
}

// well says that nothing stands any more.
func (h House) well() message {
	where, said := h.Address+"/readyz", h.pick("一切恢复正常", "All is well again")
	return message{
		subject:  h.Brand + h.pick("：", ": ") + said,
		text:     h.Brand + " " + h.Address + "\n\n" + said + "\n\n" + h.pick("看现状：", "See how it is: ") + where + "\n",
		short:    h.sign() + said + h.pick("。", ". ") + where,
		template: h.pick("AMEND_ON_CALL_WELL_ZH", "AMEND_ON_CALL_WELL_EN"),
		params:   []notify.Param{{Name: "address", Value: where}},
	}
}

// brief is a trouble in one sentence, without its remedy.
func (h House) brief(f doctor.Finding) string {
	said := f.Found(h.Lang)
	if f.Fault != nil {
		said = f.Sentence(h.Lang)
	}
	line := []rune(f.Title(h.Lang) + h.pick("：", ": ") + said)
	if len(line) > maxShort {
		line = append(line[:maxShort-1], '…')
	}
	return string(line)
}

// sign is how a short message begins.
func (h House) sign() string { return h.pick("【"+h.Brand+"】", h.Brand+": ") }

func (h House) pick(zh, en string) string {
	if h.Lang == lang.ZH {
		return zh
	}
	return en
}
