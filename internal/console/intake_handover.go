package console

import (
	"net/url"

	"rsc.io/qr"

	"amend/access"
	"amend/customer"
	"amend/internal/page"
	"amend/internal/store"
)

// handoverPage gives the keyboard to the customer: they go on with their own phone, where
// they are proven by the portal. The code holds its address and nothing else.
type handoverPage struct {
	lexicon
	Frame   page.ConsoleFrame
	Record  customer.ID
	Channel string
	Address string
	Spoken  string // what of it is read out: the rest only says where the customer came from
	Code    [][]bool
}

func intakeHandover(v *visit) error {
	id := customer.ID(v.r.PathValue("customer"))
	if f := v.by().May(access.FileChange); f != nil {
		return f
	}
	if _, err := v.Reader.Customer(v.ctx, v.by(), id, store.Demand{}); err != nil {
		return err
	}
	h := handoverPage{lexicon: v.lexicon(), Frame: v.frame("/intake"), Record: id, Channel: intakeChannel(v.r.URL.Query().Get("channel"))}
	h.Title = v.page.T("console.handover.title")
	h.Spoken = v.House.BaseURL
	h.Address = v.House.BaseURL + "/?" + url.Values{"from": {h.Channel}}.Encode()
	code, err := qr.Encode(h.Address, qr.M)
	if err != nil {
		return err
	}
	for y := range code.Size {
		row := make([]bool, code.Size)
		for x := range row {
			row[x] = code.Black(x, y)
		}
		h.Code = append(h.Code, row)
	}
	return v.show(handoverForm(h))
}
