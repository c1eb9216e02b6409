package doctor

import "amend/internal/store"

// Unsafe answers the settings with which a database may lose what it said was stored, as
// name=value.
func Unsafe(f store.Facts) []string {
	var out []string
	for _, bad := range []store.Setting{
		{Name: "fsync", Value: "off"}, {Name: "full_page_writes", Value: "off"}, {Name: "synchronous_commit", Value: "off"},
	} {
		if f.Of(bad.Name) == bad.Value {
			out = append(out, bad.Name+"="+bad.Value)
		}
	}
	if mode := f.Of("journal_mode"); mode != "" && mode != "wal" && mode != "memory" {
		out = append(out, "journal_mode="+mode)
	}
	return out
}
