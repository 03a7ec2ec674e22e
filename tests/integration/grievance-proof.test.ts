import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { person } from '#lib/server/db/schema/masters.ts';
import {
	askFamilyRegistry,
	attestProof,
	caseFile,
	draft,
	proofAtDesk,
	purgeProofPhoto,
	saveDraft,
	tracking,
} from '#lib/server/grievance/index.ts';
import { checkProof, type ProofInput } from '#lib/server/identity/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import {
	RegistryDown,
	type FamilyIdRegistry,
	type RegistryQuestion,
	type RegistryReply,
} from '#lib/server/platform/family-registry.ts';
import { makeDemoQr } from '../../src/demo/identity/sign-demo.ts';
import { queuedJobs, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import {
	fileGrievance,
	makeCitizen,
	makeWorld,
	staffOf,
	type TestPost,
	type World,
} from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
});
afterAll(() => database.close());

const FAMILY: ProofInput = { kind: 'ppp', familyId: '4ABC12X9' };
const as = (post: TestPost, rest: Partial<Context> = {}) =>
	testContext(database.db, { actor: staffOf(post), ...rest });
const system = (familyRegistry?: FamilyIdRegistry) =>
	testContext(database.db, {
		actor: { kind: 'system' },
		...(familyRegistry && { familyRegistry }),
	});

async function filedWith(
	input: ProofInput,
	{ familyRegistry, mobile }: { familyRegistry?: FamilyIdRegistry; mobile?: string } = {},
) {
	const citizen = await makeCitizen(database.db, mobile ? { mobile } : {});
	const ctx = testContext(database.db, {
		actor: citizen,
		...(familyRegistry && { familyRegistry }),
	});
	const proof = await checkProof(ctx, input);
	const filed = await fileGrievance(database.db, world, { citizen, answers: { proof } });
	return { ...filed, ctx, mobile: citizen.mobile };
}
const seen = async (number: string, post = world.posts.ddpo) =>
	(await caseFile(as(post), number, 'test')).proof;

describe('a clerk who saw the paper', () => {
	it('raises a declared family id, once, under name and post, and the timeline says so', async () => {
		const { number, id, ctx } = await filedWith(FAMILY);
		expect(await proofAtDesk(as(world.posts.clerk), number)).toEqual({
			kind: 'ppp',
			strength: 'declared',
			attestable: true,
		});
		await attestProof(as(world.posts.clerk), number);
		expect(await seen(number)).toMatchObject({
			strength: 'attested_by_clerk',
			attested: { postId: world.posts.clerk.id },
			attestedBy: { name: 'सुनवाई लिपिक, रेवाड़ी' },
		});
		const [row] = await database.sql`
			select p.attested_by_person_id as person from identity_proof p
			join grievance g on g.proof_id = p.id where g.id = ${id}`;
		expect(row?.['person']).toBe(world.posts.clerk.personId);
		const entry = (await tracking(ctx, number)).timeline.at(-1);
		expect(entry).toMatchObject({ type: 'proof_attested' });
		expect(entry?.text).toContain('सुनवाई लिपिक, रेवाड़ी');
		const looks = await database.sql`
			select 1 from access_log where grievance_id = ${id} and reason = 'proof_attested'`;
		expect(looks).toHaveLength(1);
		expect(await refusalCode(attestProof(as(world.posts.clerk), number))).toBe('already_attested');
		expect(await proofAtDesk(as(world.posts.clerk), number)).toMatchObject({ attestable: false });
	});

	it('does it once, also when two press at the same moment', async () => {
		const { number, ctx } = await filedWith({ kind: 'other_document', documentName: 'वोटर कार्ड' });
		const answers = await Promise.all(
			[1, 2, 3].map(() => refusalCode(attestProof(as(world.posts.clerk), number))),
		);
		expect(answers.toSorted()).toEqual(['already_attested', 'already_attested', null]);
		const attested = (await tracking(ctx, number)).timeline.filter(
			({ type }) => type === 'proof_attested',
		);
		expect(attested).toHaveLength(1);
	});

	it('is a clerk of the district, and of nothing that is hidden from the desk', async () => {
		const { number } = await filedWith(FAMILY);
		const { ddpo, dc, otherClerk, secretary, monitor } = world.posts;
		for (const post of [ddpo, dc, otherClerk, secretary, monitor]) {
			expect(await refusalCode(attestProof(as(post), number))).toBe('forbidden');
			expect(await proofAtDesk(as(post), number)).toBeNull();
		}
		expect(await refusalCode(attestProof(testContext(database.db), number))).toBe('forbidden');
		const citizen = await makeCitizen(database.db);
		const proof = await checkProof(testContext(database.db, { actor: citizen }), FAMILY);
		const restricted = await fileGrievance(database.db, world, {
			citizen,
			answers: { proof, categoryId: world.restrictedId },
		});
		expect(await refusalCode(attestProof(as(world.posts.clerk), restricted.number))).toBe(
			'forbidden',
		);
	});

	it('cannot attest the paper of the own grievance', async () => {
		const { number, mobile } = await filedWith(FAMILY);
		const { clerk } = world.posts;
		const mine = eq(person.id, clerk.personId);
		const [before] = await database.db.select({ mobile: person.mobile }).from(person).where(mine);
		await database.db.update(person).set({ mobile }).where(mine);
		expect(await refusalCode(attestProof(as(clerk), number))).toBe('own_proof');
		await database.db
			.update(person)
			.set({ mobile: before?.mobile ?? null })
			.where(mine);
		expect(await refusalCode(attestProof(as(clerk), number))).toBeNull();
	});

	it('has nothing to attest where there is no paper', async () => {
		const { number } = await filedWith({ kind: 'mobile_only' });
		expect(await proofAtDesk(as(world.posts.clerk), number)).toMatchObject({ attestable: false });
		expect(await refusalCode(attestProof(as(world.posts.clerk), number))).toBe('invalid_input');
		expect(await refusalCode(attestProof(as(world.posts.clerk), 'RWR-26-999999'))).toBe(
			'not_found',
		);
	});
});

describe("a state's registry", () => {
	const registry = (
		reply: () => RegistryReply,
	): FamilyIdRegistry & { asked: RegistryQuestion[] } => {
		const asked: RegistryQuestion[] = [];
		return {
			kind: 'http',
			asked,
			ask: async (question) => {
				asked.push(question);
				return reply();
			},
		};
	};
	const says = (answer: RegistryReply['answer'], headName: string | null = null) =>
		registry(() => ({ answer, headName }));
	const down = () =>
		registry(() => {
			throw new RegistryDown('status 500');
		});
	const ask = (familyRegistry: FamilyIdRegistry, grievanceId: string, lastTry = false) =>
		askFamilyRegistry(system(familyRegistry), { grievanceId }, { lastTry });
	const pending = async (id: string) => {
		const [row] = await database.sql`
			select p.pending_family_id is not null as pending from identity_proof p
			join grievance g on g.proof_id = p.id where g.id = ${id}`;
		return row?.['pending'];
	};

	it('is asked by a job after filing, of the three facts alone, and a match is told in words', async () => {
		const register = says('match', 'रामफल');
		const { id, number, ctx } = await filedWith(FAMILY, {
			familyRegistry: register,
			mobile: '+919876501234',
		});
		expect(register.asked).toEqual([]);
		const jobs = (await queuedJobs(database.sql, 'proof.registry')).map(({ payload }) => payload);
		expect(jobs).toContainEqual({ grievanceId: id });
		expect(await seen(number)).toMatchObject({
			strength: 'declared',
			registry: { outcome: 'asking' },
		});
		await ask(register, id);
		expect(register.asked).toEqual([{ kind: 'ppp', familyId: '4ABC12X9', mobileLastFour: '1234' }]);
		expect(await seen(number)).toMatchObject({
			strength: 'confirmed_by_registry',
			registry: { outcome: 'match', headNameMatches: true },
		});
		expect(await pending(id)).toBe(false);
		expect((await tracking(ctx, number)).timeline.at(-1)).toMatchObject({
			title: 'राज्य के रजिस्टर ने परिवार पहचान सही बताई',
		});
		await ask(register, id);
		expect(register.asked).toHaveLength(1);
		expect(await refusalCode(attestProof(as(world.posts.clerk), number))).toBe('already_attested');
	});

	it.each(['no_match', 'unknown'] as const)(
		'that answers %s leaves the proof as it was and tells only the officer',
		async (answer) => {
			const register = says(answer, 'Somebody Else');
			const { id, number, ctx } = await filedWith(FAMILY, { familyRegistry: register });
			await ask(register, id);
			expect(await seen(number)).toMatchObject({
				strength: 'declared',
				registry: { outcome: answer, headNameMatches: false },
			});
			expect(await pending(id)).toBe(false);
			const own = (await tracking(ctx, number)).timeline.map(({ type }) => type);
			expect(own).not.toContain('proof_checked');
			const file = await caseFile(as(world.posts.ddpo), number, 'test');
			expect(file.timeline.map(({ type }) => type)).toContain('proof_checked');
			await attestProof(as(world.posts.clerk), number);
		},
	);

	it('that is down keeps nobody from filing; the job is tried again, and at last gives up', async () => {
		const register = down();
		const { id, number } = await filedWith(FAMILY, { familyRegistry: register });
		await expect(ask(register, id)).rejects.toThrow(RegistryDown);
		expect(await pending(id)).toBe(true);
		await ask(register, id, true);
		expect(await seen(number)).toMatchObject({
			strength: 'declared',
			registry: { outcome: 'unavailable' },
		});
		expect(await pending(id)).toBe(false);
	});

	it('a fault of ours is no registry that is down: it stays a failed job', async () => {
		const register = registry(() => {
			throw new TypeError('ours');
		});
		const { id } = await filedWith(FAMILY, { familyRegistry: register });
		await expect(ask(register, id, true)).rejects.toThrow(TypeError);
		expect(await pending(id)).toBe(true);
	});

	it('raises also what a clerk has attested meanwhile', async () => {
		const register = says('match');
		const { id, number } = await filedWith(FAMILY, { familyRegistry: register });
		await attestProof(as(world.posts.clerk), number);
		await ask(register, id);
		expect((await seen(number))?.strength).toBe('confirmed_by_registry');
	});

	it('is not there by default: no job, and no family id is kept', async () => {
		const before = (await queuedJobs(database.sql, 'proof.registry')).length;
		const { id } = await filedWith(FAMILY);
		expect((await queuedJobs(database.sql, 'proof.registry')).length).toBe(before);
		expect(await pending(id)).toBe(false);
	});

	it('no dump of the database shows the family id, before or after', async () => {
		const familyId = 'T7QWE91ZX';
		await filedWith({ kind: 'ppp', familyId }, { familyRegistry: says('match') });
		for (const { name } of await database.sql<{ name: string }[]>`
			select format('%I.%I', table_schema, table_name) as name from information_schema.tables
			where table_type = 'BASE TABLE' and table_schema in ('public', 'graphile_worker')`) {
			const rows = await database.sql.unsafe(`select t::text as text from ${name} t`);
			const dump = rows.map((row) => String(row['text'])).join('\n');
			expect(dump.includes(familyId), name).toBe(false);
			expect(dump.includes(Buffer.from(familyId).toString('hex')), name).toBe(false);
		}
	});
});

describe('the photo of a card', () => {
	const qr = makeDemoQr({
		fields: { name: 'Kamla Devi' },
		last4: '2346',
		signedAt: new Date('2026-06-01T06:00:00Z'),
	});
	const photoOf = async (id: string) => {
		const [row] = await database.sql<{ photo: Buffer | null }[]>`
			select p.photo from identity_proof p join grievance g on g.proof_id = p.id where g.id = ${id}`;
		return row?.photo ?? null;
	};

	it('is not kept, in the draft either, when it was not agreed to', async () => {
		const citizen = await makeCitizen(database.db);
		const ctx = testContext(database.db, { actor: citizen });
		const proof = await checkProof(ctx, { kind: 'aadhaar_qr', qr, consent: ['name'] });
		await saveDraft(ctx, { proof });
		expect((await draft(ctx)).answers.proof?.photo).toBeUndefined();
		const { id } = await fileGrievance(database.db, world, { citizen, answers: { proof } });
		expect(await photoOf(id)).toBeNull();
	});

	it('lies sealed when it was, is in no case file, and is gone when it is purged', async () => {
		const { id, number } = await filedWith({ kind: 'aadhaar_qr', qr, consent: ['photo'] });
		const photo = await photoOf(id);
		expect(photo?.length).toBeGreaterThan(100);
		expect(photo?.toString('latin1')).not.toContain('iVBOR');
		expect(photo?.includes(Buffer.from('89504e47', 'hex'))).toBe(false);
		const file = await caseFile(as(world.posts.ddpo), number, 'test');
		expect(JSON.stringify(file)).not.toContain('iVBOR');
		await database.db.transaction((tx) => purgeProofPhoto(tx, id));
		expect(await photoOf(id)).toBeNull();
		await database.db.transaction((tx) => purgeProofPhoto(tx, id));
	});
});
