package audit

import (
	"bytes"
	"encoding/json"

	"golang.org/x/mod/sumdb/note"

	"amend/fault"
)

// Receipt is one change, with everything needed to check it offline. It holds the
// customer's own values, in the openings: it goes to the customer and nobody else.
type Receipt struct {
	Format     string    `json:"format"` // "amend.receipt.v1"
	Statement  Statement `json:"statement"`
	Seal       string    `json:"seal"`       // signed note over the statement
	Entries    []Proven  `json:"entries"`    // the first is the entry that made the change
	Checkpoint string    `json:"checkpoint"` // signed note, with the witnesses' signatures
	LogKey     string    `json:"log_key"`    // for the reader to compare with the published one; never trusted
}

// Proven is an entry's leaf with its path to the receipt's checkpoint.
type Proven struct {
	Leaf  []byte `json:"leaf"`
	Pos   int64  `json:"pos"`
	Proof Proof  `json:"proof"`
}

// maxReceipt bounds a receipt file, page included, in bytes.
const maxReceipt = 4 << 20

// Issue makes a receipt of statement, and verifies it before anybody else does. The
// checkpoint is one that covers every entry; logKey is the log's published key.
func Issue(s Statement, entries []Proven, checkpoint []byte, log note.Signer, logKey string) (Receipt, error) {
	seal, err := s.seal(log)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{
		Format: receiptFormat, Statement: s, Seal: string(seal),
		Entries: entries, Checkpoint: string(checkpoint), LogKey: logKey,
	}
	var keys []string
	for _, w := range s.Witnesses {
		keys = append(keys, w.Key)
	}
	data, err := r.JSON()
	if err != nil {
		return Receipt{}, err
	}
	v, err := Verify(data, logKey, keys...)
	return v.Receipt, err
}

// JSON is the receipt as a file, indented for people.
func (r Receipt) JSON() ([]byte, error) { return json.MarshalIndent(r, "", "  ") }

// dataOpen and dataClose are around the JSON in a receipt's page.
const (
	dataOpen  = `<script type="application/json" id="receipt">`
	dataClose = `</script>`
)

// ParseReceipt reads a receipt from its JSON, or from the page that carries it.
// It checks the form only; Verify checks the truth.
func ParseReceipt(file []byte) (Receipt, error) {
	bad := fault.New(fault.Malformed, "bad_receipt")
	if len(file) > maxReceipt {
		return Receipt{}, bad
	}
	data := file
	if _, rest, isPage := bytes.Cut(file, []byte(dataOpen)); isPage {
		data, _, _ = bytes.Cut(rest, []byte(dataClose))
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var r Receipt
	if err := dec.Decode(&r); err != nil || dec.More() {
		return Receipt{}, bad
	}
	if r.Format != receiptFormat {
		return Receipt{}, fault.New(fault.Malformed, "receipt_format", "known", receiptFormat)
	}
	if len(r.Entries) == 0 {
		return Receipt{}, bad
	}
	return r, nil
}
