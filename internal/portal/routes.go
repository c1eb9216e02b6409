package portal

import "slices"

// routes are every page and every act, on the way of a customer through the site.
func routes() []route {
	return slices.Concat(seekRoutes(), recordRoutes(""), recordRoutes("/account/{record}"), changeRoutes(), linkRoutes())
}

// seekRoutes are how somebody is found and shows that it is they, and what everybody may read.
func seekRoutes() []route {
	return []route{
		public(get("/{$}", findShow)),
		public(post("/find", find)),
		public(get("/prove", proveShow)),
		public(post("/prove", prove)),
		public(post("/prove/again", proveAgain)),
		public(get("/choose-me", chooseMeShow)),
		public(post("/choose-me", chooseMe)),
		public(get("/lost", lostShow)),
		public(get("/help", helpShow)),
		public(get("/regions", regionsShow)),
		public(get("/enter/{token}", enterFollow)),
		public(get("/enter", enterShow)),
		public(post("/enter", enter)),
		public(post("/language", choose)),
		get("/session/extend", extendShow),
		post("/session/extend", extend),
		post("/sign-out", signOut),
	}
}

// recordRoutes are the pages of a record: the customer's own, and each account that they hold.
func recordRoutes(of string) []route {
	return []route{
		get("/me"+of, meShow),
		post("/me"+of+"/affirm", affirm),
		get("/me"+of+"/history", historyShow),
		get("/me"+of+"/received", receivedShow),
		get("/me"+of+"/edit/{key...}", editShow),
		post("/me"+of+"/edit/{key...}", edit),
		get("/me"+of+"/check", checkShow),
		post("/me"+of+"/check", check),
		post("/me"+of+"/check/drop", checkDrop),
	}
}

// changeRoutes are the pages of a request, for the customer who is signed in and for whoever
// holds the link to it.
func changeRoutes() []route {
	both := []route{
		get("/changes/{id}", trackShow),
		post("/changes/{id}/send", trackSend),
		post("/changes/{id}/prove", trackProve),
		post("/changes/{id}/answer", trackAnswer),
		get("/changes/{id}/withdraw", withdrawShow),
		post("/changes/{id}/withdraw", withdraw),
		get("/changes/{id}/receipt", receiptShow),
		get("/changes/{id}/receipt.json", receiptFile),
		get("/changes/{id}/receipt.html", receiptPage),
		get("/changes/{id}/promise.ics", promiseFile),
	}
	all := []route{
		get("/me/requests/{ref}", submissionShow),
		get("/me/changes/{id}/confirm", confirmShow),
		post("/me/changes/{id}/confirm", confirm),
		get("/me/changes/{id}/dispute", disputeShow),
		post("/me/changes/{id}/dispute", dispute),
		get("/me/changes/{id}/appeal", appealShow),
		post("/me/changes/{id}/appeal", appeal),
	}
	for _, r := range both {
		path := r.path
		r.path = "/me" + path
		all = append(all, r)
		r.path = "/l" + path
		all = append(all, linked(r))
	}
	return all
}

// linkRoutes are what a link in a message leads to. Following one changes nothing: the
// browser is given the link to keep, and the page behind it asks for a button.
func linkRoutes() []route {
	return []route{
		public(get("/l/{token}", linkFollow)),
		public(get("/l/{token}/{challenge}/{code}", linkFollow)),
		public(get("/l", linkShow)),
		public(get("/l/other", linkOther)),
		public(get("/l/mine", linkMine)),
		linked(post("/l/prove", linkProve)),
		linked(post("/l/confirm", linkConfirm)),
		linked(post("/l/dispute", linkDispute)),
		linked(post("/l/not-mine", linkNotMine)),
	}
}
