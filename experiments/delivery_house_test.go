package experiments

import (
	"encoding/json"

	"amend/access"
	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/notify"
	"amend/org"
	"amend/policy"
)

// deliveryDesk is the desk of a worker that reaches systems by other connectors than a
// lifeline's own. It tells people nothing.
func deliveryDesk(h *raceHouse, l *lifeline, connect func(downstream.System, []byte) (downstream.Connector, error)) *desk.Desk {
	book, err := notify.Templates()
	if err != nil {
		panic(err) // the shipped templates are tested where they stand
	}
	return desk.New(l.store, h.master, desk.House{
		Catalog: customer.Shipped(), Policy: policy.Shipped(), Calendar: org.China(lifeZone()), Book: book,
		Words: notify.House{Brand: "Amend", Hotline: "400-000-2288", Domain: "portal.example.com"}, BaseURL: "https://portal.example.com", Lang: notify.EN,
	}, desk.Outside{Connector: connect})
}

// connectDelivery connects a system that follows every person's interests.
func connectDelivery(h *raceHouse, l *lifeline, id downstream.SystemID, url string, secret []byte) {
	h.Helper()
	ivy, known := h.crew["ivy"]
	if !known {
		ivy = h.hire(l, "ivy", access.Integrator)
	}
	settings, err := json.Marshal(map[string]string{"url": url, "source": "https://amend.example.com"})
	h.must(err)
	h.must(l.desk.AddSystem(h.Context(), ivy, downstream.System{
		ID: id, Name: string(id), Connector: "webhook", Settings: settings, Kinds: []customer.Kind{customer.Person},
		Fields: []downstream.Subscription{{Key: "interests"}}, Owner: "sales", Region: "CN",
	}, secret))
}
