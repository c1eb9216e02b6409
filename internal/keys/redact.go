package keys

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted, embedded, keeps a secret out of every log, page and document: whatever
// formats the value gets one word.
type redacted struct{}

const word = "redacted"

// String is "redacted".
func (redacted) String() string { return word }

// GoString is "redacted".
func (redacted) GoString() string { return word }

// Format writes "redacted" for every verb.
func (redacted) Format(s fmt.State, _ rune) { io.WriteString(s, word) }

// LogValue is "redacted".
func (redacted) LogValue() slog.Value { return slog.StringValue(word) }

// MarshalText is "redacted".
func (redacted) MarshalText() ([]byte, error) { return []byte(word), nil }

// MarshalJSON is "redacted".
func (redacted) MarshalJSON() ([]byte, error) { return []byte(`"` + word + `"`), nil }
