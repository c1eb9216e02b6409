package console

import (
	"net/http"
	"strconv"

	"amend/access"
	"amend/fault"
	"amend/internal/page"
	"amend/notify"
)

// textsPage is every message that the house sends, in both languages.
type textsPage struct {
	*page.Page
	Frame page.ConsoleFrame
	Texts []textLine
	Who   string // may change texts
}

// A textLine is one kind of message in a list.
type textLine struct {
	Kind     notify.Kind
	Href     string
	Subjects []string // in the languages' order
	Parts    []string // of a short message, likewise
	Staff    bool
	Alone    bool
}

// textPage is one message side by side, with a sample of invented values.
type textPage struct {
	*page.Page
	Frame     page.ConsoleFrame
	Form      page.Form
	Kind      notify.Kind
	Sides     []textSide
	Who       string
	Rehearses bool // may send it to see how it arrives
	Outcome   page.Notice
}

// A textSide is a message in one language.
type textSide struct {
	Lang     notify.Lang
	Name     string // of the language, in itself
	Template notify.Template
	SMS      string // with invented values
	Encoding notify.Encoding
	Parts    int
	Subject  string
	Mail     string
}

// textPath is the address of a kind of message.
func textPath(k notify.Kind) string { return Base + "/admin/texts/" + string(k) }

func textsShow(v *visit) error {
	v.page.Title = v.page.T("console.texts.title")
	t := textsPage{Page: v.page, Frame: v.frame("/admin"), Who: v.whoMayWords(access.ManageTexts)}
	for _, k := range notify.Kinds() {
		l := textLine{Kind: k, Href: textPath(k), Staff: k.Staff(), Alone: k.Alone()}
		for _, lang := range notify.Langs() {
			side, err := v.textSide(k, lang)
			if err != nil {
				return err
			}
			l.Subjects = append(l.Subjects, side.Subject)
			l.Parts = append(l.Parts, strconv.Itoa(side.Parts))
		}
		t.Texts = append(t.Texts, l)
	}
	return v.show(textList(t))
}

func textShow(v *visit) error { return v.text(page.Form{}, nil, http.StatusOK) }

// text shows a message, with a form that came back or what became of a rehearsal.
func (v *visit) text(form page.Form, answer *notify.Answer, status int) error {
	kind := notify.Kind(v.r.PathValue("kind"))
	if _, known := v.House.Book.Of(kind, notify.ZH); !known {
		return fault.New(fault.NotFound, "no_page")
	}
	v.page.Title = v.page.Word("text_kind", string(kind))
	t := textPage{
		Page: v.page, Frame: v.frame("/admin"), Form: form, Kind: kind, Who: v.whoMayWords(access.ManageTexts),
		Rehearses: v.by().May(access.ManageTexts) == nil,
	}
	if answer != nil {
		t.Outcome = v.rehearsed(*answer)
	}
	for _, lang := range notify.Langs() {
		side, err := v.textSide(kind, lang)
		if err != nil {
			return err
		}
		t.Sides = append(t.Sides, side)
	}
	return v.answer(status, textSheet(t))
}

// textSide writes a message of a kind as the house would, with invented values.
func (v *visit) textSide(k notify.Kind, lang notify.Lang) (textSide, error) {
	t, _ := v.House.Book.Of(k, lang)
	side := textSide{Lang: lang, Name: map[notify.Lang]string{notify.ZH: "中文", notify.EN: "English"}[lang], Template: t}
	short, err := v.House.Book.Write(v.House.Words, v.sample(k, lang, notify.SMS))
	if err != nil {
		return side, err
	}
	side.SMS = short.Text
	side.Encoding, side.Parts = notify.Segments(short.Text)
	long, err := v.House.Book.Write(v.House.Words, v.sample(k, lang, notify.Mail))
	side.Subject, side.Mail = long.Subject, long.Text
	return side, err
}
