package console

// workRoutes are the inbox, a request, and every act on one.
func (s *Site) workRoutes() []route {
	news := newStreams()
	return []route{
		get("/inbox", inboxShow),
		post("/inbox/approve", inboxApprove),
		post("/inbox/views", viewSave),
		post("/inbox/views/forget", viewForget),
		get("/events", news.serve),
		get("/notices", noticesShow),

		get("/changes/{change}", changeShow),
		get("/changes/{change}/{panel}", changePanel),
		get("/changes/{change}/why", changeWhy),
		get("/changes/{change}/reveal", changeHidden),
		post("/changes/{change}/reveal", changeReveal),
		post("/changes/{change}/approve", decideApprove),
		post("/changes/{change}/reject", decideReject),
		post("/changes/{change}/undo", decideUndo),
		post("/changes/{change}/decide", decideDispute),
		post("/changes/{change}/ask", changeAsk),
		post("/changes/{change}/answer", changeAnswer),
		post("/changes/{change}/assign", changeAssign),
		post("/changes/{change}/snooze", snoozeSet),
		post("/changes/{change}/freeze", changeFreeze),
		post("/changes/{change}/withdraw", changeWithdraw),
		post("/changes/{change}/rebase", changeRebase),
		post("/changes/{change}/attest", changeAttest),
		post("/changes/{change}/finish", changeFinish),
	}
}
