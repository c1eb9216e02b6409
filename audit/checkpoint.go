package audit

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"amend/fault"
)

// checkpointTime is RFC 3339 in UTC with six digits of a second, one way to write each time.
const checkpointTime = "2006-01-02T15:04:05.000000Z"

// Checkpoint is the head of a log at one time. Signed, it commits to every entry before it.
type Checkpoint struct {
	Origin string // the log's name, also the name of its key
	Size   int64
	Root   Hash
	At     time.Time // microsecond precision
}

// Text is the checkpoint as it is signed: origin, size and root as in c2sp.org/tlog-checkpoint,
// and the time as its one extension line.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\nat %s\n", c.Origin, c.Size, c.Root, c.At.UTC().Format(checkpointTime))
}

// Sign answers c as a signed note (golang.org/x/mod/sumdb/note).
func (c Checkpoint) Sign(log note.Signer) ([]byte, error) {
	if c.Origin != log.Name() {
		return nil, fault.New(fault.Invalid, "origin_not_key", "origin", c.Origin, "key", log.Name())
	}
	return note.Sign(&note.Note{Text: c.Text()}, log)
}

// OpenCheckpoint reads a signed checkpoint that log signed, and says which witnesses
// cosigned it. Signatures of other keys are ignored; a wrong one of these keys is refused.
func OpenCheckpoint(signed []byte, log note.Verifier, witnesses ...note.Verifier) (Checkpoint, []string, error) {
	n, err := open(signed, log, witnesses)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	c, err := parseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	if c.Origin != log.Name() {
		return Checkpoint{}, nil, fault.New(fault.Invalid, "origin_not_key", "origin", c.Origin, "key", log.Name())
	}
	return c, cosigners(n, witnesses), nil
}

// open opens a note that must bear log's signature.
func open(signed []byte, log note.Verifier, others []note.Verifier) (*note.Note, error) {
	n, err := note.Open(signed, note.VerifierList(append([]note.Verifier{log}, others...)...))
	if err != nil || !signedBy(n, log) {
		return nil, fault.New(fault.Invalid, "bad_signature", "key", log.Name())
	}
	return n, nil
}

func signedBy(n *note.Note, v note.Verifier) bool {
	for _, s := range n.Sigs {
		if s.Name == v.Name() && s.Hash == v.KeyHash() {
			return true
		}
	}
	return false
}

// cosigners names each witness that signed, once, even if its key was listed twice.
func cosigners(n *note.Note, witnesses []note.Verifier) []string {
	var names []string
	for _, s := range n.Sigs {
		for _, w := range witnesses {
			if s.Name == w.Name() && s.Hash == w.KeyHash() {
				names = append(names, s.Name)
				break
			}
		}
	}
	return names
}

// parseCheckpoint accepts exactly what Text writes.
func parseCheckpoint(text string) (Checkpoint, error) {
	bad := fault.New(fault.Malformed, "bad_checkpoint")
	lines := strings.Split(text, "\n")
	if len(lines) != 5 {
		return Checkpoint{}, bad
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 {
		return Checkpoint{}, bad
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, bad
	}
	at, err := time.Parse("at "+checkpointTime, lines[3])
	if err != nil {
		return Checkpoint{}, bad
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: root, At: at.UTC()}
	if c.Origin == "" || c.Text() != text {
		return Checkpoint{}, bad
	}
	return c, nil
}

// NewLogKey makes an Ed25519 key pair for a log or a witness of the given name, as note
// writes it. skey signs and stays secret; vkey is published.
func NewLogKey(rand io.Reader, origin string) (skey, vkey string, err error) {
	if !keyName(origin) {
		return "", "", fault.New(fault.Malformed, "bad_log_name")
	}
	return note.GenerateKey(rand, origin)
}

// keyName reports whether a note may be signed under s, and no receipt be taken for its checkpoint.
func keyName(s string) bool {
	return s != "" && utf8.ValidString(s) && !strings.Contains(s, "+") && !strings.HasPrefix(s, "amend.receipt.") &&
		strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) < 0
}
