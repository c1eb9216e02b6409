package portal

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/internal/lang"
	"amend/internal/page"
	"amend/quality"
)

// receiptView is a receipt as a document: what was changed, how it came, and the proof that
// it stands in the log, checked while this page was made.
type receiptView struct {
	*page.Page
	Base      string
	Receipt   audit.Receipt
	Verdict   audit.Verdict
	Pos       string // place of the entry that made the change
	Tree      page.ProofPath
	Witnessed string
}

// receipt is the receipt of the request that the address names, and what checking it found.
func (v *visit) receipt() (audit.Receipt, audit.Verdict, error) {
	r, err := v.Desk.Receipt(v.ctx, v.by(), change.ID(v.r.PathValue("id")))
	if err != nil {
		return r, audit.Verdict{}, err
	}
	data, err := r.JSON()
	if err != nil {
		return r, audit.Verdict{}, err
	}
	var keys []string
	for _, w := range r.Statement.Witnesses {
		keys = append(keys, w.Key)
	}
	verdict, err := audit.Verify(data, r.LogKey, keys...)
	return r, verdict, err
}

func receiptShow(v *visit) error {
	r, verdict, err := v.receipt()
	if err != nil {
		return err
	}
	v.title("portal.receipt.title")
	v.page.Path = v.changePath(change.ID(v.r.PathValue("id"))) + "/receipt"
	first := r.Entries[0]
	view := receiptView{
		Page: v.page, Base: v.changePath(change.ID(v.r.PathValue("id"))), Receipt: r, Verdict: verdict, Pos: grouped(first.Pos),
		Witnessed: v.page.T("portal.receipt.witnessed", "n", strconv.Itoa(len(verdict.Witnesses)), "of", strconv.Itoa(len(r.Statement.Witnesses))),
	}
	root := hex.EncodeToString(verdict.Checkpoint.Root[:])
	view.Tree = page.ProofPath{
		Entry: view.Pos, Root: root[:4] + "…" + root[60:], Checkpoint: v.page.T("portal.receipt.checkpoint", "size", grouped(verdict.Checkpoint.Size)),
		Signed: v.page.T("portal.receipt.signed", "time", v.page.Clock(verdict.Checkpoint.At)),
		Label:  v.page.T("portal.receipt.tree", "pos", view.Pos, "n", strconv.Itoa(len(first.Proof))),
	}
	view.Tree.Caption = v.page.T("portal.receipt.path_note", "n", strconv.Itoa(len(first.Proof)))
	for _, h := range first.Proof {
		view.Tree.Siblings = append(view.Tree.Siblings, hex.EncodeToString(h[:2]))
	}
	for _, w := range r.Statement.Witnesses {
		view.Tree.Witnesses = append(view.Tree.Witnesses, page.ProofBox{Name: v.page.T("portal.receipt.witness"), Note: say(v.page, w.Name)})
	}
	return v.show(receiptForm(view))
}

// receiptFile is the receipt as the file that proves it, which no program of ours is needed
// for to check.
func receiptFile(v *visit) error {
	r, err := v.Desk.Receipt(v.ctx, v.by(), change.ID(v.r.PathValue("id")))
	if err != nil {
		return err
	}
	data, err := r.JSON()
	if err != nil {
		return err
	}
	return v.download(fileName(r.Statement.Ref)+".json", "application/json", data)
}

// receiptPage is the receipt as a page to keep that checks itself, without us.
func receiptPage(v *visit) error {
	r, err := v.Desk.Receipt(v.ctx, v.by(), change.ID(v.r.PathValue("id")))
	if err != nil {
		return err
	}
	data, err := r.HTML(string(v.page.Lang))
	if err != nil {
		return err
	}
	return v.download(r.FileName(), "text/html; charset=utf-8", data)
}

func (v *visit) download(name, kind string, data []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	v.w.WriteHeader(http.StatusOK)
	_, _ = v.w.Write(data)
	return nil
}

// say picks the reader's language.
func say(p *page.Page, t audit.Text) string {
	if p.Lang == lang.ZH {
		return t.ZH
	}
	return t.EN
}

// grouped writes a number with its thousands apart, and nothing for none.
func grouped(n int64) string {
	if n < 0 {
		return ""
	}
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// rootText is the root of the checkpoint in groups, for eyes and telephones.
func (r receiptView) rootText() string {
	s, out := hex.EncodeToString(r.Verdict.Checkpoint.Root[:]), ""
	for ; len(s) > 8; s = s[8:] {
		out += s[:8] + " "
	}
	return out + s
}

// systems names those that had the change when the receipt was made.
func (r receiptView) systems() string {
	var names []string
	for _, t := range r.Receipt.Statement.Systems {
		names = append(names, say(r.Page, t))
	}
	return r.List(names...)
}

// words are what the receipt says first, to its customer if it knows a name.
func (r receiptView) words() string {
	s := r.Receipt.Statement
	if s.To == "" {
		return r.T("portal.receipt.say", "say", say(r.Page, s.Say))
	}
	return r.T("portal.receipt.say_to", "name", s.To, "say", say(r.Page, s.Say))
}

// checked says what held, and who else keeps the head, where somebody does.
func (r receiptView) checked() string {
	if len(r.Receipt.Statement.Witnesses) == 0 {
		return r.T("portal.receipt.held")
	}
	return r.T("portal.receipt.held") + " · " + r.Witnessed
}

// minute is when a step was, without its year: the head of the receipt names that.
func minute(p *page.Page, t time.Time) string {
	if p.Lang == lang.ZH {
		return t.Format("01-02 15:04")
	}
	return t.Format("2 Jan, 15:04")
}

// rim is what stands around the seal.
func (r receiptView) rim() string {
	return r.T("portal.receipt.rim", "brand", say(r.Page, r.Receipt.Statement.Company))
}

// fitting squeezes a name that is longer than the rim has room for.
func fitting(rim string) templ.OrderedAttributes {
	width := 0
	for _, r := range rim {
		if width++; r > 0x2e7f {
			width++ // a Chinese character is twice as wide
		}
	}
	if width <= 18 {
		return nil
	}
	return templ.OrderedAttributes{{Key: "textLength", Value: "226"}, {Key: "lengthAdjust", Value: "spacingAndGlyphs"}}
}

// plain is a masked value of a receipt as people write it. The receipt itself holds an
// address as the record does.
func plain(p *page.Page, text string) string {
	if text == "" {
		return p.T("page.diff.none")
	}
	if address, ok := quality.ReadPostal(customer.Content(text)); ok {
		return address.String()
	}
	return spaced(text)
}
