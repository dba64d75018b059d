// Measures the round trips from this browser to the regions of Windrose, and reports them once.
//
//   <script async src="https://windrose.example/api/v1/beacon.js"
//     data-regions="eu-west-1=https://eu.example/api/v1/beacon us-east-1=https://us.example/api/v1/beacon"></script>
//
// data-report is where the report goes; the beacon beside this script when it is not said.
(function () {
  'use strict';
  var script = document.currentScript;
  var TRIES = 3;
  var AT_MOST = 64;
  var report = script.dataset.report || new URL('beacon', script.src).href;
  var regions = (script.dataset.regions || '').split(/[\s,]+/).filter(Boolean).slice(0, AT_MOST).map(function (pair) {
    var equals = pair.indexOf('=');
    return { name: pair.slice(0, equals), url: pair.slice(equals + 1) };
  });

  // What the browser itself measured: from the request to the first byte, without looking up names and connecting.
  function measured(url) {
    var entries = performance.getEntriesByName(url, 'resource');
    var entry = entries[entries.length - 1];
    return entry && entry.requestStart > 0 ? entry.responseStart - entry.requestStart : Infinity;
  }

  async function once(region, attempt) {
    var url = region.url + (region.url.indexOf('?') < 0 ? '?' : '&') + 'n=' + Date.now() + '-' + attempt;
    var began = performance.now();
    await fetch(url, { cache: 'no-store', credentials: 'omit', mode: 'cors' });
    var took = performance.now() - began;
    return Math.min(took, measured(url));
  }

  // The lowest of three: the first one has the connection to make, and others may wait behind something.
  async function lowest(region) {
    var best = Infinity;
    for (var attempt = 0; attempt < TRIES; attempt++) {
      try {
        best = Math.min(best, await once(region, attempt));
      } catch (unreachable) {
        // A region that cannot be reached is not reported.
      }
    }
    return best;
  }

  async function run() {
    var samples = [];
    for (var i = 0; i < regions.length; i++) {
      var ms = await lowest(regions[i]);
      if (isFinite(ms)) {
        samples.push({ region: regions[i].name, rtt_ms: Math.max(0.01, Math.min(10000, ms)) });
      }
    }
    if (samples.length > 0) {
      navigator.sendBeacon(report, JSON.stringify({ samples: samples }));
    }
  }

  run();
})();
