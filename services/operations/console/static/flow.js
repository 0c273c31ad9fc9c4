(function () {
  "use strict";
  // draws what the table of minutes has, and draws it again when htmx has put another there
  var DASHES = { intake: [], routing: [8, 4], payment: [2, 3], notify: [10, 3, 2, 3] };
  var place = document.getElementById("chart");
  var night = matchMedia("(prefers-color-scheme: dark)");
  var chart = null;

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  function numbers(cells) {
    return cells.map(function (cell) { return Number(cell.textContent); });
  }

  function read() {
    var rows = Array.from(document.querySelectorAll("#minutes tbody tr")).reverse();
    var seconds = rows.map(function (row) { return Number(row.cells[0].dataset.second); });
    var each = rows.map(function (row) { return numbers(Array.from(row.cells).slice(1)); });
    var names = document.querySelectorAll("#minutes thead th[data-name]");
    return [seconds].concat(Array.from(names, function (_, n) {
      return each.map(function (row) { return row[n]; });
    }));
  }

  function lines() {
    var colours = { intake: "us", routing: "officer", payment: "bank", notify: "gateway" };
    return Array.from(document.querySelectorAll("#minutes thead th[data-name]"), function (head) {
      var name = head.dataset.name;
      return {
        label: head.textContent, stroke: colour(colours[name]), width: 2, dash: DASHES[name],
        points: { show: false }
      };
    });
  }

  function drawn() {
    var axis = { stroke: colour("quiet"), grid: { stroke: colour("line"), width: 1 } };
    var time = { label: document.querySelector("#minutes thead th").textContent, value: "{HH}:{mm}" };
    place.hidden = false;
    return new uPlot({
      width: place.clientWidth, height: 260, series: [time].concat(lines()),
      axes: [Object.assign({ values: [[60, "{HH}:{mm}"]] }, axis), axis],
      scales: { y: { range: function (_, low, high) { return [0, Math.max(high * 1.1, 1)]; } } },
      tzDate: function (second) { return uPlot.tzDate(new Date(second * 1e3), "Asia/Ho_Chi_Minh"); }
    }, read(), place);
  }

  function anew() {
    if (chart) chart.destroy();
    chart = drawn();
  }

  anew();
  night.addEventListener("change", anew);
  addEventListener("resize", function () {
    chart.setSize({ width: place.clientWidth, height: 260 });
  });
  document.body.addEventListener("htmx:afterSettle", function (event) {
    if (event.detail.target && event.detail.target.id === "live") chart.setData(read());
  });
})();
