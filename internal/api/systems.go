package api

import (
	"context"
	"encoding/json"

	"amend/access"
	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/internal/store"
)

func (d *door) systemOperations() []operation {
	return []operation{
		reads(operation{id: "listSystems", path: "/systems", en: "List connected systems", zh: "列出已连接的系统"}, d.listSystems),
		posts(operation{id: "addSystem", path: "/systems", status: 201, en: "Connect a system; its secret is sealed and never shown again", zh: "连接系统，密钥加密保存，不再显示"}, d.addSystem),
		reads(operation{id: "showSystem", path: "/systems/{id}", en: "Show one system", zh: "查看一个系统"}, d.showSystem),
		reads(operation{id: "listSystemDeliveries", path: "/systems/{id}/deliveries", en: "List what a system still has to hear, and what it refused", zh: "列出系统尚未收到和拒收的内容"}, d.listSystemDeliveries),
		posts(operation{id: "reconcileSystem", path: "/systems/{id}/reconcile", many: true, en: "Send a system every record that it follows again", zh: "把系统关注的全部记录重新同步"}, d.reconcileSystem),
		posts(operation{id: "retryDelivery", path: "/systems/{id}/deliveries/{record}/retry", en: "Send a stopped delivery again", zh: "重试已停止的同步"}, d.retryDelivery),
		posts(operation{id: "replayRecord", path: "/systems/{id}/deliveries/{record}/replay", en: "Send a system one record again, as it is now", zh: "把一份记录按现状重新同步给系统"}, d.replayRecord),
		posts(operation{id: "skipDelivery", path: "/systems/{id}/deliveries/{record}/skip", en: "Decide that a system goes without a delivery, with a reason", zh: "说明理由后跳过一次同步"}, d.skipDelivery),
		posts(operation{id: "pauseSystem", path: "/systems/{id}/pause", en: "Pause a system, with a reason; what it must hear waits", zh: "说明理由后暂停系统，应同步的内容会等待"}, d.pauseSystem),
		posts(operation{id: "resumeSystem", path: "/systems/{id}/resume", en: "Resume a paused system; what waits for it goes out", zh: "恢复已暂停的系统，等待的内容随即发出"}, d.resumeSystem),
		posts(operation{id: "testSystem", path: "/systems/{id}/test", many: true, en: "Send a system the record of nobody, and say what it made of it", zh: "向系统发送一份虚构的记录，并说明它如何应答"}, d.testSystem),
		reads(operation{id: "showSystemSample", path: "/systems/{id}/sample", en: "Show what a system would be sent, with invented values", zh: "用虚构的值展示将发给系统的内容"}, d.showSample),
	}
}

type systemsAnswer struct {
	Items []store.SystemView `json:"items"`
}

func (d *door) listSystems(ctx context.Context, by access.Actor, _ none) (systemsAnswer, error) {
	items, err := d.reader.Systems(ctx, by)
	return systemsAnswer{items}, err
}

func (d *door) showSystem(ctx context.Context, by access.Actor, p byID) (store.SystemView, error) {
	return d.reader.System(ctx, by, downstream.SystemID(p.ID))
}

type systemBody struct {
	ID        string                    `json:"id"`
	Name      string                    `json:"name"`
	Connector string                    `json:"connector"`
	Settings  json.RawMessage           `json:"settings,omitempty"`
	Secret    string                    `json:"secret,omitempty"`
	Fields    []downstream.Subscription `json:"fields"`
	Kinds     []string                  `json:"kinds"`
	Must      bool                      `json:"must,omitempty"`
	Owner     string                    `json:"owner"`
	Region    string                    `json:"region,omitempty"`
	Paused    bool                      `json:"paused,omitempty"`
}

func (d *door) addSystem(ctx context.Context, by access.Actor, _ none, b systemBody) (store.SystemView, error) {
	s := downstream.System{
		ID: downstream.SystemID(b.ID), Name: b.Name, Connector: b.Connector, Settings: b.Settings, Fields: b.Fields,
		Must: b.Must, Owner: b.Owner, Region: b.Region, Paused: b.Paused,
	}
	for _, k := range b.Kinds {
		switch kind := customer.Kind(k); kind {
		case customer.Person, customer.Organization, customer.Account:
			s.Kinds = append(s.Kinds, kind)
		default:
			return store.SystemView{}, fault.New(fault.Invalid, "unknown_kind", "field", "kinds")
		}
	}
	if err := d.desk.AddSystem(ctx, by, s, []byte(b.Secret)); err != nil {
		return store.SystemView{}, err
	}
	return d.reader.System(ctx, by, s.ID)
}

func (d *door) listSystemDeliveries(ctx context.Context, by access.Actor, p pagedByID) (store.Page[store.Following], error) {
	return d.reader.SystemDeliveries(ctx, by, downstream.SystemID(p.ID), store.Slice{Cursor: p.Cursor, Limit: p.Limit})
}

type raisedAnswer struct {
	Raised int `json:"raised"` // records that the system will hear of
}

func (d *door) reconcileSystem(ctx context.Context, by access.Actor, p byID, _ none) (raisedAnswer, error) {
	n, err := d.desk.Load(ctx, by, downstream.SystemID(p.ID))
	return raisedAnswer{n}, err
}

type deliveryParams struct {
	byID
	Record string `path:"record"`
}

type deliveryAnswer struct {
	System string `json:"system"`
	Record string `json:"record_id"`
	Done   string `json:"done"` // retry or skip
}

func (p deliveryParams) done(what string) deliveryAnswer {
	return deliveryAnswer{System: p.ID, Record: p.Record, Done: what}
}

func (d *door) retryDelivery(ctx context.Context, by access.Actor, p deliveryParams, _ none) (deliveryAnswer, error) {
	return p.done("retry"), d.desk.Retry(ctx, by, downstream.SystemID(p.ID), customer.ID(p.Record))
}

func (d *door) replayRecord(ctx context.Context, by access.Actor, p deliveryParams, _ none) (deliveryAnswer, error) {
	return p.done("replay"), d.desk.Replay(ctx, by, downstream.SystemID(p.ID), customer.ID(p.Record))
}

type pauseBody struct {
	Reason string `json:"reason"`
}

type systemDone struct {
	ID   string `json:"id"`
	Done string `json:"done"` // pause or resume
}

func (d *door) pauseSystem(ctx context.Context, by access.Actor, p byID, b pauseBody) (systemDone, error) {
	return systemDone{p.ID, "pause"}, d.desk.Pause(ctx, by, downstream.SystemID(p.ID), b.Reason)
}

func (d *door) resumeSystem(ctx context.Context, by access.Actor, p byID, _ none) (systemDone, error) {
	return systemDone{p.ID, "resume"}, d.desk.Resume(ctx, by, downstream.SystemID(p.ID))
}

func (d *door) testSystem(ctx context.Context, by access.Actor, p byID, _ none) (store.Tried, error) {
	if _, err := d.desk.Canary(ctx, by, downstream.SystemID(p.ID)); err != nil {
		return store.Tried{}, err
	}
	is, err := d.reader.Tried(ctx, by, downstream.SystemID(p.ID))
	if err != nil {
		return store.Tried{}, err
	}
	return *is, nil
}

type sampleParams struct {
	byID
	Kind string `query:"kind"`
}

type sampleAnswer struct {
	Kind   customer.Kind   `json:"kind"`
	Sample json.RawMessage `json:"sample"`
}

func (d *door) showSample(ctx context.Context, by access.Actor, p sampleParams) (sampleAnswer, error) {
	kind, text, err := d.desk.Sample(ctx, by, downstream.SystemID(p.ID), customer.Kind(p.Kind))
	return sampleAnswer{kind, text}, err
}

type skipBody struct {
	Reason string `json:"reason"`
}

func (d *door) skipDelivery(ctx context.Context, by access.Actor, p deliveryParams, b skipBody) (deliveryAnswer, error) {
	return p.done("skip"), d.desk.Skip(ctx, by, downstream.SystemID(p.ID), customer.ID(p.Record), b.Reason)
}
