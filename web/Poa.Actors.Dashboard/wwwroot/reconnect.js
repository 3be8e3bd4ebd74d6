// A page that has lost its server: tries again each second, and begins anew where the server has forgotten it (it was restarted).
(() => {
  const note = document.getElementById("connection-note");

  document.getElementById("components-reconnect-modal").addEventListener("components-reconnect-state-changed", event => {
    switch (event.detail.state) {
      case "hide":
        note.hidden = true;
        break;
      case "rejected":
      case "resume-failed":
      case "failed":
        reloadOnceItAnswers();
        break;
      default:
        note.hidden = false;
    }
  });

  async function reloadOnceItAnswers() {
    note.hidden = false;
    try {
      // Any answer will do; a page of an error of the browser could not reload itself.
      await fetch("/reconnect.js", { method: "HEAD", cache: "no-store" });
      location.reload();
    } catch {
      setTimeout(reloadOnceItAnswers, 1000);
    }
  }

  Blazor.start({
    circuit: {
      reconnectionOptions: {
        maxRetries: 100000,
        retryIntervalMilliseconds: attempt => attempt < 120 ? 1000 : 5000,
      },
    },
  }).catch(reloadOnceItAnswers);
})();
