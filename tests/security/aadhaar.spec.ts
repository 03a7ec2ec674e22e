import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownData } from '#lib/server/identity/index.ts';
import { expect, freshMobile, test, type Stack } from '../support/stack.ts';
import { CASE_B } from '../support/pages-cases.ts';
import { get, post } from './requests.ts';
import { makeRouteWorld } from './route-world.ts';

test.use({ stackName: 'aadhaar' });

/** Right by its checksum, nobody's: the repeated digits of examples. */
const NUMBER = '234123412346';
const SPELLINGS = ['234123412346', '2341 2341 2346', '2341-2341-2346', '२३४१ २३४१ २३४६'] as const;

async function logsOf(stack: Stack): Promise<string> {
	const names = await readdir(stack.logs);
	return (await Promise.all(names.map((name) => readFile(join(stack.logs, name), 'utf8')))).join();
}

const holding = (text: string) => SPELLINGS.filter((one) => text.includes(one));

/** A form with the number in every field that takes text; and once more so that one field is wrong. */
test('an Aadhaar number typed anywhere is not stored, not answered in clear, and not logged', async ({
	stack,
	product,
}) => {
	const world = await makeRouteWorld(product);
	const { staff, citizens, sittings, hearings, numbers, directions, dueDate } = world;
	const citizen = await product.citizen(freshMobile(), { name: 'रमेश' });
	await product.answer(citizen, CASE_B);
	const { agent, dc, ddpo, clerk } = staff;
	for (const number of SPELLINGS) {
		const said = `मेरा नंबर ${number} है`;
		const officer = `/officer/sittings/${sittings.now}`;
		const forms = [
			[citizen, '/citizen/file/where', { placeNote: said, area: 'rural' }],
			[citizen, '/citizen/file/details', { details: said, relief: '' }],
			[citizen, '/citizen/file/details', { details: said, relief: said }],
			[citizen, '/citizen/file/identity', { name: number, kind: 'mobile_only' }],
			[citizen, '/citizen/file/identity', { name: 'रमेश', kind: 'aadhaar_qr', qr: number }],
			[
				citizen,
				'/citizen/file/identity',
				{ name: 'रमेश', kind: 'other_document', documentName: said, lastFour: '' },
			],
			[citizen, '/citizen/file/identity', { name: 'रमेश', kind: 'jan_aadhaar', familyId: number }],
			[citizen, '/citizen/file/identity', { name: 'रमेश', kind: 'ppp', familyId: number }],
			[citizen, '/citizen/data?/correct', { name: said, email: '' }],
			[citizen, '/citizen/data?/correct', { name: 'रमेश', email: `${number}@example.in` }],
			[citizen, '/citizen/data?/correct', { name: 'रमेश', email: `a.${number}.b@example.in` }],
			[citizen, '/citizen/data?/withdraw', { purpose: number }],
			[citizen, '/citizen/data/erase', { understood: '', more: said }],
			[null, '/track', { number }],
			[null, '/sign-in', { mobile: number }],
			[null, '/staff/sign-in', { userName: number, password: 'x' }],
			[null, '/staff/sign-in', { userName: number, password: '' }],
			[
				null,
				'/staff/password?first=1',
				{ userName: number, password: number, newPassword: 'short', repeat: number },
			],
			[agent, '/desk/register', { mobile: number, way: 'otp' }],
			[
				clerk,
				'/desk/register',
				{ mobile: freshMobile(), way: 'attested', reason: 'phone_elsewhere', paperSeen: said },
			],
			[clerk, '/desk/register', { mobile: '1', way: 'attested', reason: 'x', paperSeen: said }],
			[
				clerk,
				`/desk/register/${world.grantId}`,
				{
					...{ details: said, relief: '', placeNote: said, name: said, area: 'rural' },
					...{ kind: 'jan_aadhaar', familyId_jan_aadhaar: number },
				},
			],
			[clerk, '/desk?/book', { case: number, slot: '', key: '' }],
			[clerk, '/desk?/attest', { case: number }],
			[
				dc,
				`${officer}?/direct`,
				{
					...{ hearing: hearings.waiting, kind: 'report', post: ddpo.actor.postId },
					...{ due: dueDate, text: said },
				},
			],
			[dc, `${officer}?/direct`, { hearing: hearings.waiting, kind: 'x', text: said }],
			[
				dc,
				`${officer}?/conclude`,
				{ hearing: hearings.waiting, disposition: 'heard', order: 'refused', reasons: said },
			],
			[
				dc,
				`${officer}?/conclude`,
				{ hearing: hearings.waiting, disposition: 'x', order: 'refused', reasons: said },
			],
			[ddpo, `/department/directions/${directions.open}`, { text: said.padEnd(9000, ' क') }],
			[ddpo, `/department/directions/${directions.open}`, { text: said }],
		] as const;
		for (const [who, path, form] of forms) {
			const answer = await post(stack.origin, who, path, form);
			const text = await answer.text();
			expect.soft(answer.status, `${path} ${Object.keys(form)}`).toBeLessThan(500);
			expect.soft(holding(text), `${path} ${JSON.stringify(form)}`).toEqual([]);
		}
		const asked = encodeURIComponent(number);
		const pages = [
			[citizen, `/citizen/file/where?area=rural&districtId=&text=${asked}`],
			[null, `/track?number=${asked}`],
			[null, `/staff/password?first=1&user=${asked}`],
			[clerk, `/desk?q=${asked}`],
			[clerk, `/desk?case=${asked}`],
			[clerk, `/desk/register/${world.grantId}?area=rural&text=${asked}`],
			[citizens.a, `/citizen/data/views?number=${asked}`],
			[staff.administrator, `/admin?q=${asked}`],
			[staff.administrator, `/admin/posts?q=${asked}`],
			[dc, `${officer}?case=${asked}`],
			[citizen, '/citizen/file/details'],
			[citizen, '/citizen/data'],
			[dc, `/department/grievances/${numbers.a}`],
		] as const;
		for (const [who, path] of pages) {
			const text = await (await get(stack.origin, who, path)).text();
			expect.soft(holding(text), path).toEqual([]);
		}
	}
	expect(await product.rowsWith([...SPELLINGS])).toEqual([]);
	const { email, name } = await ownData(citizen.ctx);
	expect(holding(`${email} ${name}`)).toEqual([]);
	const logs = await logsOf(stack);
	expect(logs).toContain('"route":"/citizen/file/details"');
	expect(holding(logs)).toEqual([]);
	expect(logs).not.toContain(NUMBER);
});
