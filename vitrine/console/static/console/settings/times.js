/** Times in the reader's own zone; the server, which does not know it, writes UTC. */

const FORMS = { day: { dateStyle: "medium" }, "": { dateStyle: "medium", timeStyle: "short" } };

export function tellTimes(within = document) {
  const language = document.documentElement.lang;
  for (const time of within.querySelectorAll("time[data-time]")) {
    const words = new Intl.DateTimeFormat(language, FORMS[time.dataset.time]);
    time.textContent = words.format(new Date(time.dateTime));
  }
}
