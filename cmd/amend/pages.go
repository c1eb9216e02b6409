package main

import (
	"crypto/rand"
	"net/http"

	"amend/internal/console"
	"amend/internal/page"
	"amend/internal/portal"
	"amend/internal/server"
	"amend/internal/store"
)

// pages are the two sites: what customers and what staff see in a browser.
func (a *app) pages(h *house) (customers, staff http.Handler) {
	door := page.Door{
		House: h.rules.Words, Zone: a.config.Zone(), Now: h.store.Now, Lang: a.lang, Sealed: a.config.Sealed(),
		Address: server.Address(a.config.Proxies()), RequestID: server.RequestID,
	}
	reader := store.NewReader(h.store, h.rules.Calendar)
	customers = portal.New(portal.Config{Desk: h.desk, Reader: reader, House: h.rules, Door: door, Rand: rand.Reader, Log: a.logger()})
	staff = console.New(console.Config{Desk: h.desk, Reader: reader, House: h.rules, Door: door, Rand: rand.Reader, Log: a.logger(), Badge: a.config.Environment})
	return customers, staff
}
