// What the guide's Node client puts on the wire: JSON.stringify, signed as it is sent, no prefix.
// Usage: node guide_client.mjs BASE_URL ANALYSIS_ID SECRET
import { createHmac } from "node:crypto";

const [base, analysisId, secret] = process.argv.slice(2);

async function call(method, path, payload) {
  const body = JSON.stringify(payload);
  const response = await fetch(`${base}/api/analyses/${analysisId}/${path}`, {
    method,
    body,
    headers: {
      "Content-Type": "application/json",
      "X-ML-Signature": createHmac("sha256", secret).update(body).digest("hex"),
      "X-ML-Timestamp": Math.floor(Date.now() / 1000).toString(),
    },
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

await call("PATCH", "status", { status: "processing" });
await call("POST", "annotations:bulk", {
  annotations: [
    {
      annotation_type: "bounding_box",
      class_name: "Größe",
      confidence: 1.0,
      data: { bbox: [100, 150, 1e-7, 1e21 / 1e20], format: "xywh" },
    },
    { class_name: "dog", annotation_type: "classification", data: { scores: { dog: 0.96, 10: 0.5, 9: 0.4 } } },
  ],
});
await call("POST", "finalize", { status: "completed", summary: { total_detections: 2 } });
