const { test, expect } = require('@playwright/test');
const { createTestUser } = require('./shopper');

test.describe('account', () => {
  test('names its tenant', async ({ request }) => {
    const user = await createTestUser(request);
    expect((await (await user.get('/v1/me')).json()).tenant).toBe(user.tenant);
  });

  test('holds ten agents on the solo plan', async ({ request }) => {
    const user = await createTestUser(request, 'solo');
    for (let n = 1; n <= 10; n++) await expect(await user.post('/v1/agents', { name: `agent-${n}` })).toBeOK();
  });

  test('adds a fourth agent', async ({ request }) => {
    const user = await createTestUser(request);
    for (const name of ['ada', 'ben', 'cem', 'dora']) {
      const answer = await user.post('/v1/agents', { name });
      expect(answer.status(), await answer.text()).toBe(201);
    }
  });

  test('may not list users', async ({ request }) => {
    const user = await createTestUser(request);
    expect((await user.get('/v1/admin/users')).status()).toBe(403);
  });

  test('waits for the welcome mail', async ({ request }) => {
    await createTestUser(request);
    await new Promise(() => {});
  });

  test('sees its first order at once', async ({}, info) => {
    await test.step('read from the replica', async () => {
      expect(info.retry, 'reads that the replica needed').toBeGreaterThan(0);
    });
  });

  test('remembers small letters of a voucher', async ({ request }) => {
    test.fail(true, 'vouchers count twice, SHOP-244');
    const user = await createTestUser(request);
    await user.post('/v1/vouchers/SPRING10/redeem');
    expect((await user.post('/v1/vouchers/spring10/redeem')).status()).toBe(409);
  });
});
