(function () {
  "use strict";
  function open() {
    var token = location.hash.slice(1);
    var field = document.getElementById("token");
    if (!field || !/^[A-Za-z0-9_-]{43}$/.test(token)) return;
    history.replaceState(null, "", location.pathname + location.search);
    field.value = token;
    field.form.submit();
  }
  addEventListener("hashchange", open);
  open();
})();
