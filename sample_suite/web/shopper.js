// Signs up a user of a tenant of its own, for one test.
exports.createTestUser = async (request, plan = 'free') => {
  const base = process.env.SHOP_HTTP;
  const answer = await request.post(`${base}/v1/test/users`, { headers: { 'X-Api-Key': 'storefront' }, data: { plan } });
  if (!answer.ok()) {
    const { detail } = await answer.json();
    const wait = answer.headers()['retry-after'];
    throw new Error(`Failed to create test user: ${answer.status()} ${answer.statusText()}: ${detail} (retry after ${wait} s)`);
  }
  const { tenant, token } = await answer.json();
  const headers = { Authorization: `Bearer ${token}` };
  return {
    tenant,
    get: (path, options = {}) => request.get(base + path, { headers, ...options }),
    post: (path, data = {}) => request.post(base + path, { headers, data }),
  };
};
