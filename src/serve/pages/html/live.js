// Tells how far an audit is, as long as it is under way; without this the page is loaded again every few seconds.
"use strict";
const shown = document.getElementById("live");
if (shown) {
  const events = new EventSource(shown.dataset.events);
  const put = (name, text) => {
    const place = shown.querySelector(`[data-is="${name}"]`);
    if (place) place.textContent = text;
  };
  events.onmessage = (event) => {
    const { audit, live } = JSON.parse(event.data);
    if (audit.state === "done" || audit.state === "failed") {
      events.close();
      location.reload();
      return;
    }
    put("state", audit.state === "begun" ? "Under way" : "Waiting for its turn");
    if (!live) return;
    put("fetched", live.fetched);
    put("unanswered", live.unanswered);
    put("asking", live.asking || "");
    put("waiting", live.waiting || "");
  };
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  };
}
