package main

import (
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"amend/connector"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/internal/dial"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/internal/witness"
	"amend/notify"
	"amend/org"
	"amend/policy"
)

// A house is everything open that a command works with.
type house struct {
	store    *store.Store
	keys     *keys.Master
	desk     *desk.Desk
	rules    desk.House
	systems  *connector.Pool
	channels map[notify.Medium]notify.Channel
	witness  *witness.File // nil if there is none
}

// close lets everything go.
func (h *house) close() error { return errors.Join(h.systems.Close(), h.store.Close()) }

// within opens the house that is there, does something in it, and closes it.
func (a *app) within(do func(*house) error) error { return a.open(false, do) }

// founding is within for commands that may be the first: it makes what is missing.
func (a *app) founding(do func(*house) error) error { return a.open(true, do) }

func (a *app) open(found bool, do func(*house) error) (err error) {
	h, err := a.openHouse(found)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	return do(h)
}

// openHouse finds the key before it touches the database: one whose key is missing or
// wrong is refused, and nothing in it is changed.
func (a *app) openHouse(found bool) (*house, error) {
	master, err := a.openKey(found)
	if err != nil {
		return nil, err
	}
	h := &house{keys: master}
	if h.rules, err = a.houseRules(); err != nil {
		return nil, err
	}
	outside, err := a.outside(h)
	if err != nil {
		return nil, err
	}
	h.store, err = store.Open(a.ctx, store.Options{
		URL: string(a.config.Database), Keys: master, Catalog: h.rules.Catalog, Log: a.logger(),
	})
	if err != nil {
		return nil, err
	}
	h.desk = desk.New(h.store, master, h.rules, outside)
	err = h.desk.Open(a.ctx, a.config.Domain()+"/log")
	if err == nil {
		err = a.notBehind(h)
	}
	if err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

// notBehind refuses a database that is older than what the witness has seen of it.
func (a *app) notBehind(h *house) error {
	if h.witness == nil {
		return nil
	}
	size, _, err := h.store.View(a.ctx).Head()
	if err != nil {
		return err
	}
	return refusing(h.witness.Behind(a.ctx, size))
}

// openKey answers the key that the database belongs to. A key is made only together with
// an empty database.
func (a *app) openKey(found bool) (*keys.Master, error) {
	print, err := desk.KeyOf(a.ctx, string(a.config.Database))
	if err != nil {
		return nil, err
	}
	if print == "" && !found {
		return nil, fault.New(fault.NotFound, "no_data")
	}
	master, err := keys.OpenFile(a.config.KeyFile)
	switch {
	case err == nil && print != "":
		return master, refusing(master.Check(print))
	case err == nil:
		return master, nil
	case fault.CodeOf(err) != "key_missing" || print != "":
		return nil, refusing(err)
	}
	return a.makeKey()
}

func (a *app) makeKey() (*keys.Master, error) {
	master, err := keys.CreateFile(a.config.KeyFile, rand.Reader)
	if fault.CodeOf(err) == "key_exists" {
		return keys.OpenFile(a.config.KeyFile) // another command made it this moment
	}
	if err != nil {
		return nil, err
	}
	a.advise("新建了主密钥 %s。没有它，任何人都读不出数据：现在就在别处留一份副本：\n  amend key backup 备份文件",
		"Made the master key %s. Without it nobody can read the data again: keep a copy elsewhere, now:\n  amend key backup FILE", a.config.KeyFile)
	return master, nil
}

// refusing makes a fault of the key or the witness one that ends with the code of a refusal.
func refusing(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	refused := *f
	refused.Kind = fault.Denied
	return &refused
}

// houseRules is what the company decides: the shipped rules and its own files.
func (a *app) houseRules() (desk.House, error) {
	h := desk.House{
		Catalog: customer.Shipped(), Policy: policy.Shipped(), Calendar: org.China(a.config.Zone()),
		Words:   notify.House{Brand: a.config.Brand, Hotline: a.config.Hotline, Domain: a.config.Domain()},
		BaseURL: a.config.BaseURL, StaffURL: a.config.StaffURL(), Lang: notify.Lang(a.config.Lang),
	}
	var err error
	if h.Book, err = notify.Templates(); err != nil {
		return h, err
	}
	if h.Rules, err = notify.DefaultRules(); err != nil {
		return h, err
	}
	if a.config.Catalog != "" {
		if h.Catalog, err = a.ownCatalog(h.Catalog); err != nil {
			return h, err
		}
	}
	if a.config.Calendar != "" {
		text, err := setting("AMEND_CALENDAR_FILE", a.config.Calendar)
		if err != nil {
			return h, err
		}
		if h.Calendar, err = org.ParseCalendar(text, a.config.Zone()); err != nil {
			return h, err
		}
	}
	return h, nil
}

func (a *app) ownCatalog(shipped customer.Catalog) (customer.Catalog, error) {
	text, err := setting("AMEND_CATALOG_FILE", a.config.Catalog)
	if err != nil {
		return nil, err
	}
	own, err := customer.ParseCatalog(text)
	if err != nil {
		return nil, err
	}
	return shipped.Extend(own)
}

// maxSetting bounds a settings file, in bytes.
const maxSetting = 4 << 20

// setting reads the file that a variable names.
func setting(name, path string) ([]byte, error) {
	text, err := readFile(path, maxSetting)
	if err != nil {
		return nil, fault.New(fault.Invalid, "setting_unreadable", "name", name, "path", path)
	}
	return text, nil
}

// readFile reads a file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "file_unreadable", "path", path)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil || int64(len(text)) > limit {
		return nil, fault.New(fault.Invalid, "file_unreadable", "path", path)
	}
	return text, nil
}

// logger writes what operators read: to stderr, as text.
func (a *app) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: a.config.Level()}))
}

// guard judges every connection to a configured address.
func (a *app) guard() (*dial.Guard, error) { return dial.New(dial.Config{Allow: a.config.Allow}) }

// folder is where SQLite files of downstream systems may stand.
func (a *app) folder() string { return filepath.Join(a.config.Data, "systems") }

// now is the machine's clock.
func now() time.Time { return time.Now() }
