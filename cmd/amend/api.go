package main

import (
	"net/http"
	"time"

	"amend/connector/sms"
	"amend/internal/api"
	"amend/internal/server"
	"amend/internal/store"
	"amend/notify"
)

// api is what other programs call, below /api/.
func (a *app) api(h *house) http.Handler {
	c := api.Config{
		Desk: h.desk, Reader: store.NewReader(h.store, h.rules.Calendar),
		Lang: a.lang, Log: a.logger(), Clock: h.store.Now, Address: server.Address(a.config.Proxies()),
	}
	if secret := []byte(a.config.SMSSecret); len(secret) > 0 {
		c.Receipts = func(body []byte, header http.Header, now time.Time) ([]notify.Receipt, error) {
			return sms.ParseReceipt(body, header, secret, now)
		}
	}
	return api.New(c)
}
