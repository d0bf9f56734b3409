-- Made by scripts/catalog/export.py from PostgreSQL 18.4 and 15.18. Do not edit.
INSERT INTO __tavana.pg._pg_type BY NAME SELECT nullif(_f[1], '\N')::BIGINT AS "oid", nullif(_f[2], '\N')::VARCHAR AS "typname", nullif(_f[3], '\N')::BIGINT AS "typnamespace", nullif(_f[4], '\N')::BIGINT AS "typowner", nullif(_f[5], '\N')::SMALLINT AS "typlen", nullif(_f[6], '\N')::BOOLEAN AS "typbyval", nullif(_f[7], '\N')::VARCHAR AS "typtype", nullif(_f[8], '\N')::VARCHAR AS "typcategory", nullif(_f[9], '\N')::BOOLEAN AS "typispreferred", nullif(_f[10], '\N')::BOOLEAN AS "typisdefined", nullif(_f[11], '\N')::VARCHAR AS "typdelim", nullif(_f[12], '\N')::BIGINT AS "typrelid", nullif(_f[13], '\N')::BIGINT AS "typsubscript", nullif(_f[14], '\N')::BIGINT AS "typelem", nullif(_f[15], '\N')::BIGINT AS "typarray", nullif(_f[16], '\N')::BIGINT AS "typinput", nullif(_f[17], '\N')::BIGINT AS "typoutput", nullif(_f[18], '\N')::BIGINT AS "typreceive", nullif(_f[19], '\N')::BIGINT AS "typsend", nullif(_f[20], '\N')::BIGINT AS "typmodin", nullif(_f[21], '\N')::BIGINT AS "typmodout", nullif(_f[22], '\N')::BIGINT AS "typanalyze", nullif(_f[23], '\N')::VARCHAR AS "typalign", nullif(_f[24], '\N')::VARCHAR AS "typstorage", nullif(_f[25], '\N')::BOOLEAN AS "typnotnull", nullif(_f[26], '\N')::BIGINT AS "typbasetype", nullif(_f[27], '\N')::INTEGER AS "typtypmod", nullif(_f[28], '\N')::INTEGER AS "typndims", nullif(_f[29], '\N')::BIGINT AS "typcollation"
FROM (SELECT string_split(unnest(string_split($tavana$1000	_bool	11	10	-1	false	b	A	false	true	,	0	6179	16	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1001	_bytea	11	10	-1	false	b	A	false	true	,	0	6179	17	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1002	_char	11	10	-1	false	b	A	false	true	,	0	6179	18	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1003	_name	11	10	-1	false	b	A	false	true	,	0	6179	19	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	950
1005	_int2	11	10	-1	false	b	A	false	true	,	0	6179	21	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1006	_int2vector	11	10	-1	false	b	A	false	true	,	0	6179	22	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1007	_int4	11	10	-1	false	b	A	false	true	,	0	6179	23	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1008	_regproc	11	10	-1	false	b	A	false	true	,	0	6179	24	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1009	_text	11	10	-1	false	b	A	false	true	,	0	6179	25	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	100
1010	_tid	11	10	-1	false	b	A	false	true	,	0	6179	27	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1011	_xid	11	10	-1	false	b	A	false	true	,	0	6179	28	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1012	_cid	11	10	-1	false	b	A	false	true	,	0	6179	29	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1013	_oidvector	11	10	-1	false	b	A	false	true	,	0	6179	30	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1014	_bpchar	11	10	-1	false	b	A	false	true	,	0	6179	1042	0	750	751	2400	2401	2913	2914	3816	i	x	false	0	-1	0	100
1015	_varchar	11	10	-1	false	b	A	false	true	,	0	6179	1043	0	750	751	2400	2401	2915	2916	3816	i	x	false	0	-1	0	100
1016	_int8	11	10	-1	false	b	A	false	true	,	0	6179	20	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
1017	_point	11	10	-1	false	b	A	false	true	,	0	6179	600	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
1018	_lseg	11	10	-1	false	b	A	false	true	,	0	6179	601	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
1019	_path	11	10	-1	false	b	A	false	true	,	0	6179	602	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
1020	_box	11	10	-1	false	b	A	false	true	;	0	6179	603	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
1021	_float4	11	10	-1	false	b	A	false	true	,	0	6179	700	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1022	_float8	11	10	-1	false	b	A	false	true	,	0	6179	701	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
1027	_polygon	11	10	-1	false	b	A	false	true	,	0	6179	604	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
1028	_oid	11	10	-1	false	b	A	false	true	,	0	6179	26	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1033	aclitem	11	10	16	false	b	U	false	true	,	0	0	0	1034	1031	1032	0	0	0	0	0	d	p	false	0	-1	0	0
1034	_aclitem	11	10	-1	false	b	A	false	true	,	0	6179	1033	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
1040	_macaddr	11	10	-1	false	b	A	false	true	,	0	6179	829	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1041	_inet	11	10	-1	false	b	A	false	true	,	0	6179	869	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1042	bpchar	11	10	-1	false	b	S	false	true	,	0	0	0	1014	1044	1045	2430	2431	2913	2914	0	i	x	false	0	-1	0	100
1043	varchar	11	10	-1	false	b	S	false	true	,	0	0	0	1015	1046	1047	2432	2433	2915	2916	0	i	x	false	0	-1	0	100
1082	date	11	10	4	true	b	D	false	true	,	0	0	0	1182	1084	1085	2468	2469	0	0	0	i	p	false	0	-1	0	0
1083	time	11	10	8	true	b	D	false	true	,	0	0	0	1183	1143	1144	2470	2471	2909	2910	0	d	p	false	0	-1	0	0
1114	timestamp	11	10	8	true	b	D	false	true	,	0	0	0	1115	1312	1313	2474	2475	2905	2906	0	d	p	false	0	-1	0	0
1115	_timestamp	11	10	-1	false	b	A	false	true	,	0	6179	1114	0	750	751	2400	2401	2905	2906	3816	d	x	false	0	-1	0	0
114	json	11	10	-1	false	b	U	false	true	,	0	0	0	199	321	322	323	324	0	0	0	i	x	false	0	-1	0	0
1182	_date	11	10	-1	false	b	A	false	true	,	0	6179	1082	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1183	_time	11	10	-1	false	b	A	false	true	,	0	6179	1083	0	750	751	2400	2401	2909	2910	3816	d	x	false	0	-1	0	0
1184	timestamptz	11	10	8	true	b	D	true	true	,	0	0	0	1185	1150	1151	2476	2477	2907	2908	0	d	p	false	0	-1	0	0
1185	_timestamptz	11	10	-1	false	b	A	false	true	,	0	6179	1184	0	750	751	2400	2401	2907	2908	3816	d	x	false	0	-1	0	0
1186	interval	11	10	16	false	b	T	true	true	,	0	0	0	1187	1160	1161	2478	2479	2903	2904	0	d	p	false	0	-1	0	0
1187	_interval	11	10	-1	false	b	A	false	true	,	0	6179	1186	0	750	751	2400	2401	2903	2904	3816	d	x	false	0	-1	0	0
1231	_numeric	11	10	-1	false	b	A	false	true	,	0	6179	1700	0	750	751	2400	2401	2917	2918	3816	i	x	false	0	-1	0	0
1263	_cstring	11	10	-1	false	b	A	false	true	,	0	6179	2275	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1266	timetz	11	10	12	false	b	D	false	true	,	0	0	0	1270	1350	1351	2472	2473	2911	2912	0	d	p	false	0	-1	0	0
1270	_timetz	11	10	-1	false	b	A	false	true	,	0	6179	1266	0	750	751	2400	2401	2911	2912	3816	d	x	false	0	-1	0	0
142	xml	11	10	-1	false	b	U	false	true	,	0	0	0	143	2893	2894	2898	2899	0	0	0	i	x	false	0	-1	0	0
143	_xml	11	10	-1	false	b	A	false	true	,	0	6179	142	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
1560	bit	11	10	-1	false	b	V	false	true	,	0	0	0	1561	1564	1565	2456	2457	2919	2920	0	i	x	false	0	-1	0	0
1561	_bit	11	10	-1	false	b	A	false	true	,	0	6179	1560	0	750	751	2400	2401	2919	2920	3816	i	x	false	0	-1	0	0
1562	varbit	11	10	-1	false	b	V	true	true	,	0	0	0	1563	1579	1580	2458	2459	2902	2921	0	i	x	false	0	-1	0	0
1563	_varbit	11	10	-1	false	b	A	false	true	,	0	6179	1562	0	750	751	2400	2401	2902	2921	3816	i	x	false	0	-1	0	0
16	bool	11	10	1	true	b	B	true	true	,	0	0	0	1000	1242	1243	2436	2437	0	0	0	c	p	false	0	-1	0	0
17	bytea	11	10	-1	false	b	U	false	true	,	0	0	0	1001	1244	31	2412	2413	0	0	0	i	x	false	0	-1	0	0
1700	numeric	11	10	-1	false	b	N	false	true	,	0	0	0	1231	1701	1702	2460	2461	2917	2918	0	i	m	false	0	-1	0	0
1790	refcursor	11	10	-1	false	b	U	false	true	,	0	0	0	2201	46	47	2414	2415	0	0	0	i	x	false	0	-1	0	0
18	char	11	10	1	true	b	Z	false	true	,	0	0	0	1002	1245	33	2434	2435	0	0	0	c	p	false	0	-1	0	0
19	name	11	10	64	false	b	S	false	true	,	0	6180	18	1003	34	35	2422	2423	0	0	0	c	p	false	0	-1	0	950
194	pg_node_tree	11	10	-1	false	b	Z	false	true	,	0	0	0	0	195	196	197	198	0	0	0	i	x	false	0	-1	0	100
199	_json	11	10	-1	false	b	A	false	true	,	0	6179	114	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
20	int8	11	10	8	true	b	N	false	true	,	0	0	0	1016	460	461	2408	2409	0	0	0	d	p	false	0	-1	0	0
21	int2	11	10	2	true	b	N	false	true	,	0	0	0	1005	38	39	2404	2405	0	0	0	s	p	false	0	-1	0	0
22	int2vector	11	10	-1	false	b	A	false	true	,	0	6179	21	1006	40	41	2410	2411	0	0	0	i	p	false	0	-1	0	0
2201	_refcursor	11	10	-1	false	b	A	false	true	,	0	6179	1790	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
2202	regprocedure	11	10	4	true	b	N	false	true	,	0	0	0	2207	2212	2213	2446	2447	0	0	0	i	p	false	0	-1	0	0
2203	regoper	11	10	4	true	b	N	false	true	,	0	0	0	2208	2214	2215	2448	2449	0	0	0	i	p	false	0	-1	0	0
2204	regoperator	11	10	4	true	b	N	false	true	,	0	0	0	2209	2216	2217	2450	2451	0	0	0	i	p	false	0	-1	0	0
2205	regclass	11	10	4	true	b	N	false	true	,	0	0	0	2210	2218	2219	2452	2453	0	0	0	i	p	false	0	-1	0	0
2206	regtype	11	10	4	true	b	N	false	true	,	0	0	0	2211	2220	2221	2454	2455	0	0	0	i	p	false	0	-1	0	0
2207	_regprocedure	11	10	-1	false	b	A	false	true	,	0	6179	2202	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
2208	_regoper	11	10	-1	false	b	A	false	true	,	0	6179	2203	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
2209	_regoperator	11	10	-1	false	b	A	false	true	,	0	6179	2204	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
2210	_regclass	11	10	-1	false	b	A	false	true	,	0	6179	2205	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
2211	_regtype	11	10	-1	false	b	A	false	true	,	0	6179	2206	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
2249	record	11	10	-1	false	p	P	false	true	,	0	0	0	2287	2290	2291	2402	2403	0	0	0	d	x	false	0	-1	0	0
2275	cstring	11	10	-2	false	p	P	false	true	,	0	0	0	1263	2292	2293	2500	2501	0	0	0	c	p	false	0	-1	0	0
2276	any	11	10	4	true	p	P	false	true	,	0	0	0	0	2294	2295	0	0	0	0	0	i	p	false	0	-1	0	0
2277	anyarray	11	10	-1	false	p	P	false	true	,	0	0	0	0	2296	2297	2502	2503	0	0	0	d	x	false	0	-1	0	0
2278	void	11	10	4	true	p	P	false	true	,	0	0	0	0	2298	2299	3120	3121	0	0	0	i	p	false	0	-1	0	0
2279	trigger	11	10	4	true	p	P	false	true	,	0	0	0	0	2300	2301	0	0	0	0	0	i	p	false	0	-1	0	0
2280	language_handler	11	10	4	true	p	P	false	true	,	0	0	0	0	2302	2303	0	0	0	0	0	i	p	false	0	-1	0	0
2281	internal	11	10	8	true	p	P	false	true	,	0	0	0	0	2304	2305	0	0	0	0	0	d	p	false	0	-1	0	0
2283	anyelement	11	10	4	true	p	P	false	true	,	0	0	0	0	2312	2313	0	0	0	0	0	i	p	false	0	-1	0	0
2287	_record	11	10	-1	false	p	P	false	true	,	0	6179	2249	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
23	int4	11	10	4	true	b	N	false	true	,	0	0	0	1007	42	43	2406	2407	0	0	0	i	p	false	0	-1	0	0
24	regproc	11	10	4	true	b	N	false	true	,	0	0	0	1008	44	45	2444	2445	0	0	0	i	p	false	0	-1	0	0
25	text	11	10	-1	false	b	S	true	true	,	0	0	0	1009	46	47	2414	2415	0	0	0	i	x	false	0	-1	0	100
26	oid	11	10	4	true	b	N	true	true	,	0	0	0	1028	1798	1799	2418	2419	0	0	0	i	p	false	0	-1	0	0
269	table_am_handler	11	10	4	true	p	P	false	true	,	0	0	0	0	267	268	0	0	0	0	0	i	p	false	0	-1	0	0
27	tid	11	10	6	false	b	U	false	true	,	0	0	0	1010	48	49	2438	2439	0	0	0	s	p	false	0	-1	0	0
271	_xid8	11	10	-1	false	b	A	false	true	,	0	6179	5069	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
2776	anynonarray	11	10	4	true	p	P	false	true	,	0	0	0	0	2777	2778	0	0	0	0	0	i	p	false	0	-1	0	0
28	xid	11	10	4	true	b	U	false	true	,	0	0	0	1011	50	51	2440	2441	0	0	0	i	p	false	0	-1	0	0
29	cid	11	10	4	true	b	U	false	true	,	0	0	0	1012	52	53	2442	2443	0	0	0	i	p	false	0	-1	0	0
2949	_txid_snapshot	11	10	-1	false	b	A	false	true	,	0	6179	2970	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
2950	uuid	11	10	16	false	b	U	false	true	,	0	0	0	2951	2952	2953	2961	2962	0	0	0	c	p	false	0	-1	0	0
2951	_uuid	11	10	-1	false	b	A	false	true	,	0	6179	2950	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
2970	txid_snapshot	11	10	-1	false	b	U	false	true	,	0	0	0	2949	2939	2940	2941	2942	0	0	0	d	x	false	0	-1	0	0
30	oidvector	11	10	-1	false	b	A	false	true	,	0	6179	26	1013	54	55	2420	2421	0	0	0	i	p	false	0	-1	0	0
3115	fdw_handler	11	10	4	true	p	P	false	true	,	0	0	0	0	3116	3117	0	0	0	0	0	i	p	false	0	-1	0	0
32	pg_ddl_command	11	10	8	true	p	P	false	true	,	0	0	0	0	86	87	88	90	0	0	0	d	p	false	0	-1	0	0
3220	pg_lsn	11	10	8	true	b	U	false	true	,	0	0	0	3221	3229	3230	3238	3239	0	0	0	d	p	false	0	-1	0	0
3221	_pg_lsn	11	10	-1	false	b	A	false	true	,	0	6179	3220	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
325	index_am_handler	11	10	4	true	p	P	false	true	,	0	0	0	0	326	327	0	0	0	0	0	i	p	false	0	-1	0	0
3310	tsm_handler	11	10	4	true	p	P	false	true	,	0	0	0	0	3311	3312	0	0	0	0	0	i	p	false	0	-1	0	0
3361	pg_ndistinct	11	10	-1	false	b	Z	false	true	,	0	0	0	0	3355	3356	3357	3358	0	0	0	i	x	false	0	-1	0	100
3402	pg_dependencies	11	10	-1	false	b	Z	false	true	,	0	0	0	0	3404	3405	3406	3407	0	0	0	i	x	false	0	-1	0	100
3500	anyenum	11	10	4	true	p	P	false	true	,	0	0	0	0	3504	3505	0	0	0	0	0	i	p	false	0	-1	0	0
3614	tsvector	11	10	-1	false	b	U	false	true	,	0	0	0	3643	3610	3611	3639	3638	0	0	3688	i	x	false	0	-1	0	0
3615	tsquery	11	10	-1	false	b	U	false	true	,	0	0	0	3645	3612	3613	3641	3640	0	0	0	i	p	false	0	-1	0	0
3642	gtsvector	11	10	-1	false	b	U	false	true	,	0	0	0	3644	3646	3647	0	0	0	0	0	i	p	false	0	-1	0	0
3643	_tsvector	11	10	-1	false	b	A	false	true	,	0	6179	3614	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
3644	_gtsvector	11	10	-1	false	b	A	false	true	,	0	6179	3642	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
3645	_tsquery	11	10	-1	false	b	A	false	true	,	0	6179	3615	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
3734	regconfig	11	10	4	true	b	N	false	true	,	0	0	0	3735	3736	3737	3738	3739	0	0	0	i	p	false	0	-1	0	0
3735	_regconfig	11	10	-1	false	b	A	false	true	,	0	6179	3734	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
3769	regdictionary	11	10	4	true	b	N	false	true	,	0	0	0	3770	3771	3772	3773	3774	0	0	0	i	p	false	0	-1	0	0
3770	_regdictionary	11	10	-1	false	b	A	false	true	,	0	6179	3769	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
3802	jsonb	11	10	-1	false	b	U	false	true	,	0	6098	0	3807	3806	3804	3805	3803	0	0	0	i	x	false	0	-1	0	0
3807	_jsonb	11	10	-1	false	b	A	false	true	,	0	6179	3802	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
3831	anyrange	11	10	-1	false	p	P	false	true	,	0	0	0	0	3832	3833	0	0	0	0	0	d	x	false	0	-1	0	0
3838	event_trigger	11	10	4	true	p	P	false	true	,	0	0	0	0	3594	3595	0	0	0	0	0	i	p	false	0	-1	0	0
3904	int4range	11	10	-1	false	r	R	false	true	,	0	0	0	3905	3834	3835	3836	3837	0	0	3916	i	x	false	0	-1	0	0
3905	_int4range	11	10	-1	false	b	A	false	true	,	0	6179	3904	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
3906	numrange	11	10	-1	false	r	R	false	true	,	0	0	0	3907	3834	3835	3836	3837	0	0	3916	i	x	false	0	-1	0	0
3907	_numrange	11	10	-1	false	b	A	false	true	,	0	6179	3906	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
3908	tsrange	11	10	-1	false	r	R	false	true	,	0	0	0	3909	3834	3835	3836	3837	0	0	3916	d	x	false	0	-1	0	0
3909	_tsrange	11	10	-1	false	b	A	false	true	,	0	6179	3908	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
3910	tstzrange	11	10	-1	false	r	R	false	true	,	0	0	0	3911	3834	3835	3836	3837	0	0	3916	d	x	false	0	-1	0	0
3911	_tstzrange	11	10	-1	false	b	A	false	true	,	0	6179	3910	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
3912	daterange	11	10	-1	false	r	R	false	true	,	0	0	0	3913	3834	3835	3836	3837	0	0	3916	i	x	false	0	-1	0	0
3913	_daterange	11	10	-1	false	b	A	false	true	,	0	6179	3912	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
3926	int8range	11	10	-1	false	r	R	false	true	,	0	0	0	3927	3834	3835	3836	3837	0	0	3916	d	x	false	0	-1	0	0
3927	_int8range	11	10	-1	false	b	A	false	true	,	0	6179	3926	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
4072	jsonpath	11	10	-1	false	b	U	false	true	,	0	0	0	4073	4001	4003	4002	4004	0	0	0	i	x	false	0	-1	0	0
4073	_jsonpath	11	10	-1	false	b	A	false	true	,	0	6179	4072	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
4089	regnamespace	11	10	4	true	b	N	false	true	,	0	0	0	4090	4084	4085	4087	4088	0	0	0	i	p	false	0	-1	0	0
4090	_regnamespace	11	10	-1	false	b	A	false	true	,	0	6179	4089	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
4096	regrole	11	10	4	true	b	N	false	true	,	0	0	0	4097	4098	4092	4094	4095	0	0	0	i	p	false	0	-1	0	0
4097	_regrole	11	10	-1	false	b	A	false	true	,	0	6179	4096	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
4191	regcollation	11	10	4	true	b	N	false	true	,	0	0	0	4192	4193	4194	4196	4197	0	0	0	i	p	false	0	-1	0	0
4192	_regcollation	11	10	-1	false	b	A	false	true	,	0	6179	4191	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
4451	int4multirange	11	10	-1	false	m	R	false	true	,	0	0	0	6150	4231	4232	4233	4234	0	0	4242	i	x	false	0	-1	0	0
4532	nummultirange	11	10	-1	false	m	R	false	true	,	0	0	0	6151	4231	4232	4233	4234	0	0	4242	i	x	false	0	-1	0	0
4533	tsmultirange	11	10	-1	false	m	R	false	true	,	0	0	0	6152	4231	4232	4233	4234	0	0	4242	d	x	false	0	-1	0	0
4534	tstzmultirange	11	10	-1	false	m	R	false	true	,	0	0	0	6153	4231	4232	4233	4234	0	0	4242	d	x	false	0	-1	0	0
4535	datemultirange	11	10	-1	false	m	R	false	true	,	0	0	0	6155	4231	4232	4233	4234	0	0	4242	i	x	false	0	-1	0	0
4536	int8multirange	11	10	-1	false	m	R	false	true	,	0	0	0	6157	4231	4232	4233	4234	0	0	4242	d	x	false	0	-1	0	0
4537	anymultirange	11	10	-1	false	p	P	false	true	,	0	0	0	0	4229	4230	0	0	0	0	0	d	x	false	0	-1	0	0
4538	anycompatiblemultirange	11	10	-1	false	p	P	false	true	,	0	0	0	0	4226	4227	0	0	0	0	0	d	x	false	0	-1	0	0
4600	pg_brin_bloom_summary	11	10	-1	false	b	Z	false	true	,	0	0	0	0	4596	4597	4598	4599	0	0	0	i	x	false	0	-1	0	100
4601	pg_brin_minmax_multi_summary	11	10	-1	false	b	Z	false	true	,	0	0	0	0	4638	4639	4640	4641	0	0	0	i	x	false	0	-1	0	100
5017	pg_mcv_list	11	10	-1	false	b	Z	false	true	,	0	0	0	0	5018	5019	5020	5021	0	0	0	i	x	false	0	-1	0	100
5038	pg_snapshot	11	10	-1	false	b	U	false	true	,	0	0	0	5039	5055	5056	5057	5058	0	0	0	d	x	false	0	-1	0	0
5039	_pg_snapshot	11	10	-1	false	b	A	false	true	,	0	6179	5038	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
5069	xid8	11	10	8	true	b	U	false	true	,	0	0	0	271	5070	5081	5082	5083	0	0	0	d	p	false	0	-1	0	0
5077	anycompatible	11	10	4	true	p	P	false	true	,	0	0	0	0	5086	5087	0	0	0	0	0	i	p	false	0	-1	0	0
5078	anycompatiblearray	11	10	-1	false	p	P	false	true	,	0	0	0	0	5088	5089	5090	5091	0	0	0	d	x	false	0	-1	0	0
5079	anycompatiblenonarray	11	10	4	true	p	P	false	true	,	0	0	0	0	5092	5093	0	0	0	0	0	i	p	false	0	-1	0	0
5080	anycompatiblerange	11	10	-1	false	p	P	false	true	,	0	0	0	0	5094	5095	0	0	0	0	0	d	x	false	0	-1	0	0
600	point	11	10	16	false	b	G	false	true	,	0	6180	701	1017	117	118	2428	2429	0	0	0	d	p	false	0	-1	0	0
601	lseg	11	10	32	false	b	G	false	true	,	0	6180	600	1018	119	120	2480	2481	0	0	0	d	p	false	0	-1	0	0
602	path	11	10	-1	false	b	G	false	true	,	0	0	0	1019	121	122	2482	2483	0	0	0	d	x	false	0	-1	0	0
603	box	11	10	32	false	b	G	false	true	;	0	6180	600	1020	123	124	2484	2485	0	0	0	d	p	false	0	-1	0	0
604	polygon	11	10	-1	false	b	G	false	true	,	0	0	0	1027	347	348	2486	2487	0	0	0	d	x	false	0	-1	0	0
6150	_int4multirange	11	10	-1	false	b	A	false	true	,	0	6179	4451	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
6151	_nummultirange	11	10	-1	false	b	A	false	true	,	0	6179	4532	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
6152	_tsmultirange	11	10	-1	false	b	A	false	true	,	0	6179	4533	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
6153	_tstzmultirange	11	10	-1	false	b	A	false	true	,	0	6179	4534	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
6155	_datemultirange	11	10	-1	false	b	A	false	true	,	0	6179	4535	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
6157	_int8multirange	11	10	-1	false	b	A	false	true	,	0	6179	4536	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
628	line	11	10	24	false	b	G	false	true	,	0	6180	701	629	1490	1491	2488	2489	0	0	0	d	p	false	0	-1	0	0
629	_line	11	10	-1	false	b	A	false	true	,	0	6179	628	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
650	cidr	11	10	-1	false	b	I	false	true	,	0	0	0	651	1267	1427	2498	2499	0	0	0	i	m	false	0	-1	0	0
651	_cidr	11	10	-1	false	b	A	false	true	,	0	6179	650	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
700	float4	11	10	4	true	b	N	false	true	,	0	0	0	1021	200	201	2424	2425	0	0	0	i	p	false	0	-1	0	0
701	float8	11	10	8	true	b	N	true	true	,	0	0	0	1022	214	215	2426	2427	0	0	0	d	p	false	0	-1	0	0
705	unknown	11	10	-2	false	p	X	false	true	,	0	0	0	0	109	110	2416	2417	0	0	0	c	p	false	0	-1	0	0
718	circle	11	10	24	false	b	G	false	true	,	0	0	0	719	1450	1451	2490	2491	0	0	0	d	p	false	0	-1	0	0
719	_circle	11	10	-1	false	b	A	false	true	,	0	6179	718	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
774	macaddr8	11	10	8	false	b	U	false	true	,	0	0	0	775	4110	4111	3446	3447	0	0	0	i	p	false	0	-1	0	0
775	_macaddr8	11	10	-1	false	b	A	false	true	,	0	6179	774	0	750	751	2400	2401	0	0	3816	i	x	false	0	-1	0	0
790	money	11	10	8	true	b	N	false	true	,	0	0	0	791	886	887	2492	2493	0	0	0	d	p	false	0	-1	0	0
791	_money	11	10	-1	false	b	A	false	true	,	0	6179	790	0	750	751	2400	2401	0	0	3816	d	x	false	0	-1	0	0
829	macaddr	11	10	6	false	b	U	false	true	,	0	0	0	1040	436	437	2494	2495	0	0	0	i	p	false	0	-1	0	0
869	inet	11	10	-1	false	b	I	true	true	,	0	0	0	1041	910	911	2496	2497	0	0	0	i	m	false	0	-1	0	0$tavana$, chr(10))), chr(9)) AS _f);
INSERT INTO __tavana.pg.pg_am BY NAME SELECT nullif(_f[1], '\N')::BIGINT AS "oid", nullif(_f[2], '\N')::VARCHAR AS "amname", nullif(_f[3], '\N')::BIGINT AS "amhandler", nullif(_f[4], '\N')::VARCHAR AS "amtype"
FROM (SELECT string_split(unnest(string_split($tavana$2	heap	3	t
2742	gin	333	i
3580	brin	335	i
4000	spgist	334	i
403	btree	330	i
405	hash	331	i
783	gist	332	i$tavana$, chr(10))), chr(9)) AS _f);
INSERT INTO __tavana.pg.pg_language BY NAME SELECT nullif(_f[1], '\N')::BIGINT AS "oid", nullif(_f[2], '\N')::VARCHAR AS "lanname", nullif(_f[3], '\N')::BIGINT AS "lanowner", nullif(_f[4], '\N')::BOOLEAN AS "lanispl", nullif(_f[5], '\N')::BOOLEAN AS "lanpltrusted", nullif(_f[6], '\N')::BIGINT AS "lanplcallfoid", nullif(_f[7], '\N')::BIGINT AS "laninline", nullif(_f[8], '\N')::BIGINT AS "lanvalidator"
FROM (SELECT string_split(unnest(string_split($tavana$12	internal	10	false	false	0	0	2246
12775	plpgsql	10	true	true	12772	12773	12774
13	c	10	false	false	0	0	2247
14	sql	10	false	true	0	0	2248$tavana$, chr(10))), chr(9)) AS _f);
INSERT INTO __tavana.pg.pg_collation BY NAME SELECT nullif(_f[1], '\N')::BIGINT AS "oid", nullif(_f[2], '\N')::VARCHAR AS "collname", nullif(_f[3], '\N')::BIGINT AS "collnamespace", nullif(_f[4], '\N')::BIGINT AS "collowner", nullif(_f[5], '\N')::VARCHAR AS "collprovider", nullif(_f[6], '\N')::BOOLEAN AS "collisdeterministic", nullif(_f[7], '\N')::INTEGER AS "collencoding", nullif(_f[8], '\N')::VARCHAR AS "collcollate", nullif(_f[9], '\N')::VARCHAR AS "collctype", nullif(_f[10], '\N')::VARCHAR AS "colllocale", nullif(_f[11], '\N')::VARCHAR AS "collversion"
FROM (SELECT string_split(unnest(string_split($tavana$100	default	11	10	d	true	-1	\N	\N	\N	\N
12359	C.utf8	11	10	c	true	6	C.utf8	C.utf8	\N	\N
950	C	11	10	c	true	-1	C	C	\N	\N
951	POSIX	11	10	c	true	-1	POSIX	POSIX	\N	\N
962	ucs_basic	11	10	b	true	6	\N	\N	C	1
963	unicode	11	10	i	true	-1	\N	\N	und	\N$tavana$, chr(10))), chr(9)) AS _f);
INSERT INTO __tavana.pg.pg_cast BY NAME SELECT nullif(_f[1], '\N')::BIGINT AS "oid", nullif(_f[2], '\N')::BIGINT AS "castsource", nullif(_f[3], '\N')::BIGINT AS "casttarget", nullif(_f[4], '\N')::BIGINT AS "castfunc", nullif(_f[5], '\N')::VARCHAR AS "castcontext", nullif(_f[6], '\N')::VARCHAR AS "castmethod"
FROM (SELECT string_split(unnest(string_split($tavana$10000	20	21	714	a	f
10001	20	23	480	a	f
10002	20	700	652	i	f
10003	20	701	482	i	f
10004	20	1700	1781	i	f
10005	21	20	754	i	f
10006	21	23	313	i	f
10007	21	700	236	i	f
10008	21	701	235	i	f
10009	21	1700	1782	i	f
10010	23	20	481	i	f
10011	23	21	314	a	f
10012	23	700	318	i	f
10013	23	701	316	i	f
10014	23	1700	1740	i	f
10015	700	20	653	a	f
10016	700	21	238	a	f
10017	700	23	319	a	f
10018	700	701	311	i	f
10019	700	1700	1742	a	f
10020	701	20	483	a	f
10021	701	21	237	a	f
10022	701	23	317	a	f
10023	701	700	312	a	f
10024	701	1700	1743	a	f
10025	1700	20	1779	a	f
10026	1700	21	1783	a	f
10027	1700	23	1744	a	f
10028	1700	700	1745	i	f
10029	1700	701	1746	i	f
10030	790	1700	3823	a	f
10031	1700	790	3824	a	f
10032	23	790	3811	a	f
10033	20	790	3812	a	f
10034	23	16	2557	e	f
10035	16	23	2558	e	f
10036	5069	28	5071	e	f
10037	20	26	1287	i	f
10038	21	26	313	i	f
10039	23	26	0	i	b
10040	26	20	1288	a	f
10041	26	23	0	a	b
10042	26	24	0	i	b
10043	24	26	0	i	b
10044	20	24	1287	i	f
10045	21	24	313	i	f
10046	23	24	0	i	b
10047	24	20	1288	a	f
10048	24	23	0	a	b
10049	24	2202	0	i	b
10050	2202	24	0	i	b
10051	26	2202	0	i	b
10052	2202	26	0	i	b
10053	20	2202	1287	i	f
10054	21	2202	313	i	f
10055	23	2202	0	i	b
10056	2202	20	1288	a	f
10057	2202	23	0	a	b
10058	26	2203	0	i	b
10059	2203	26	0	i	b
10060	20	2203	1287	i	f
10061	21	2203	313	i	f
10062	23	2203	0	i	b
10063	2203	20	1288	a	f
10064	2203	23	0	a	b
10065	2203	2204	0	i	b
10066	2204	2203	0	i	b
10067	26	2204	0	i	b
10068	2204	26	0	i	b
10069	20	2204	1287	i	f
10070	21	2204	313	i	f
10071	23	2204	0	i	b
10072	2204	20	1288	a	f
10073	2204	23	0	a	b
10074	26	2205	0	i	b
10075	2205	26	0	i	b
10076	20	2205	1287	i	f
10077	21	2205	313	i	f
10078	23	2205	0	i	b
10079	2205	20	1288	a	f
10080	2205	23	0	a	b
10081	26	4191	0	i	b
10082	4191	26	0	i	b
10083	20	4191	1287	i	f
10084	21	4191	313	i	f
10085	23	4191	0	i	b
10086	4191	20	1288	a	f
10087	4191	23	0	a	b
10088	26	2206	0	i	b
10089	2206	26	0	i	b
10090	20	2206	1287	i	f
10091	21	2206	313	i	f
10092	23	2206	0	i	b
10093	2206	20	1288	a	f
10094	2206	23	0	a	b
10095	26	3734	0	i	b
10096	3734	26	0	i	b
10097	20	3734	1287	i	f
10098	21	3734	313	i	f
10099	23	3734	0	i	b
10100	3734	20	1288	a	f
10101	3734	23	0	a	b
10102	26	3769	0	i	b
10103	3769	26	0	i	b
10104	20	3769	1287	i	f
10105	21	3769	313	i	f
10106	23	3769	0	i	b
10107	3769	20	1288	a	f
10108	3769	23	0	a	b
10109	25	2205	1079	i	f
10110	1043	2205	1079	i	f
10111	26	4096	0	i	b
10112	4096	26	0	i	b
10113	20	4096	1287	i	f
10114	21	4096	313	i	f
10115	23	4096	0	i	b
10116	4096	20	1288	a	f
10117	4096	23	0	a	b
10118	26	4089	0	i	b
10119	4089	26	0	i	b
10120	20	4089	1287	i	f
10121	21	4089	313	i	f
10122	23	4089	0	i	b
10123	4089	20	1288	a	f
10124	4089	23	0	a	b
10125	25	1042	0	i	b
10126	25	1043	0	i	b
10127	1042	25	401	i	f
10128	1042	1043	401	i	f
10129	1043	25	0	i	b
10130	1043	1042	0	i	b
10131	18	25	946	i	f
10132	18	1042	860	a	f
10133	18	1043	946	a	f
10134	19	25	406	i	f
10135	19	1042	408	a	f
10136	19	1043	1401	a	f
10137	25	18	944	a	f
10138	1042	18	944	a	f
10139	1043	18	944	a	f
10140	25	19	407	i	f
10141	1042	19	409	i	f
10142	1043	19	1400	i	f
10143	21	17	6367	e	f
10144	23	17	6368	e	f
10145	20	17	6369	e	f
10146	17	21	6370	e	f
10147	17	23	6371	e	f
10148	17	20	6372	e	f
10149	18	23	77	e	f
10150	23	18	78	e	f
10151	194	25	0	i	b
10152	3361	17	0	i	b
10153	3361	25	0	i	i
10154	3402	17	0	i	b
10155	3402	25	0	i	i
10156	5017	17	0	i	b
10157	5017	25	0	i	i
10158	1082	1114	2024	i	f
10159	1082	1184	1174	i	f
10160	1083	1186	1370	i	f
10161	1083	1266	2047	i	f
10162	1114	1082	2029	a	f
10163	1114	1083	1316	a	f
10164	1114	1184	2028	i	f
10165	1184	1082	1178	a	f
10166	1184	1083	2019	a	f
10167	1184	1114	2027	a	f
10168	1184	1266	1388	a	f
10169	1186	1083	1419	a	f
10170	1266	1083	2046	a	f
10171	600	603	4091	a	f
10172	601	600	1532	e	f
10173	602	604	1449	a	f
10174	603	600	1534	e	f
10175	603	601	1541	e	f
10176	603	604	1448	a	f
10177	603	718	1479	e	f
10178	604	600	1540	e	f
10179	604	602	1447	a	f
10180	604	603	1446	e	f
10181	604	718	1474	e	f
10182	718	600	1416	e	f
10183	718	603	1480	e	f
10184	718	604	1544	e	f
10185	829	774	4123	i	f
10186	774	829	4124	i	f
10187	650	869	0	i	b
10188	869	650	1715	a	f
10189	1560	1562	0	i	b
10190	1562	1560	0	i	b
10191	20	1560	2075	e	f
10192	23	1560	1683	e	f
10193	1560	20	2076	e	f
10194	1560	23	1684	e	f
10195	650	25	730	a	f
10196	869	25	730	a	f
10197	16	25	2971	a	f
10198	142	25	0	a	b
10199	25	142	2896	e	f
10200	650	1043	730	a	f
10201	869	1043	730	a	f
10202	16	1043	2971	a	f
10203	142	1043	0	a	b
10204	1043	142	2896	e	f
10205	650	1042	730	a	f
10206	869	1042	730	a	f
10207	16	1042	2971	a	f
10208	142	1042	0	a	b
10209	1042	142	2896	e	f
10210	1042	1042	668	i	f
10211	1043	1043	669	i	f
10212	1083	1083	1968	i	f
10213	1114	1114	1961	i	f
10214	1184	1184	1967	i	f
10215	1186	1186	1200	i	f
10216	1266	1266	1969	i	f
10217	1560	1560	1685	i	f
10218	1562	1562	1687	i	f
10219	1700	1700	1703	i	f
10220	114	3802	0	a	i
10221	3802	114	0	a	i
10222	3802	16	3556	e	f
10223	3802	1700	3449	e	f
10224	3802	21	3450	e	f
10225	3802	23	3451	e	f
10226	3802	20	3452	e	f
10227	3802	700	3453	e	f
10228	3802	701	2580	e	f
10229	3904	4451	4281	e	f
10230	3926	4536	4296	e	f
10231	3906	4532	4284	e	f
10232	3912	4535	4293	e	f
10233	3908	4533	4287	e	f
10234	3910	4534	4290	e	f$tavana$, chr(10))), chr(9)) AS _f);
INSERT INTO __tavana.pg.pg_range BY NAME SELECT nullif(_f[1], '\N')::BIGINT AS "rngtypid", nullif(_f[2], '\N')::BIGINT AS "rngsubtype", nullif(_f[3], '\N')::BIGINT AS "rngmultitypid", nullif(_f[4], '\N')::BIGINT AS "rngcollation", nullif(_f[5], '\N')::BIGINT AS "rngsubopc", nullif(_f[6], '\N')::BIGINT AS "rngcanonical", nullif(_f[7], '\N')::BIGINT AS "rngsubdiff"
FROM (SELECT string_split(unnest(string_split($tavana$3904	23	4451	0	1978	3914	3922
3906	1700	4532	0	3125	0	3924
3908	1114	4533	0	3128	0	3929
3910	1184	4534	0	3127	0	3930
3912	1082	4535	0	3122	3915	3925
3926	20	4536	0	3124	3928	3923$tavana$, chr(10))), chr(9)) AS _f);
INSERT INTO __tavana.pg.pg_opclass BY NAME SELECT nullif(_f[1], '\N')::BIGINT AS "oid", nullif(_f[2], '\N')::BIGINT AS "opcmethod", nullif(_f[3], '\N')::VARCHAR AS "opcname", nullif(_f[4], '\N')::BIGINT AS "opcnamespace", nullif(_f[5], '\N')::BIGINT AS "opcowner", nullif(_f[6], '\N')::BIGINT AS "opcfamily", nullif(_f[7], '\N')::BIGINT AS "opcintype", nullif(_f[8], '\N')::BOOLEAN AS "opcdefault", nullif(_f[9], '\N')::BIGINT AS "opckeytype"
FROM (SELECT string_split(unnest(string_split($tavana$10000	403	array_ops	11	10	397	2277	true	0
10002	403	bit_ops	11	10	423	1560	true	0
10003	403	bool_ops	11	10	424	16	true	0
10004	403	bpchar_ops	11	10	426	1042	true	0
10006	403	bytea_ops	11	10	428	17	true	0
10007	403	char_ops	11	10	429	18	true	0
10012	403	float4_ops	11	10	1970	700	true	0
10015	403	inet_ops	11	10	1974	869	true	0
10022	403	interval_ops	11	10	1982	1186	true	0
10024	403	macaddr_ops	11	10	1984	829	true	0
10026	403	macaddr8_ops	11	10	3371	774	true	0
10028	403	name_ops	11	10	1994	19	true	2275
10032	403	oidvector_ops	11	10	1991	30	true	0
10034	403	record_ops	11	10	2994	2249	true	0
10038	403	time_ops	11	10	1996	1083	true	0
10041	403	timetz_ops	11	10	2000	1266	true	0
10043	403	varbit_ops	11	10	2002	1562	true	0
10047	403	money_ops	11	10	2099	790	true	0
10050	403	tid_ops	11	10	2789	27	true	0
10053	403	xid8_ops	11	10	5067	5069	true	0
10065	403	uuid_ops	11	10	2968	2950	true	0
10067	403	pg_lsn_ops	11	10	3253	3220	true	0
10069	403	enum_ops	11	10	3522	3500	true	0
10071	403	tsvector_ops	11	10	3626	3614	true	0
10074	403	tsquery_ops	11	10	3683	3615	true	0
10076	403	range_ops	11	10	3901	3831	true	0
10080	403	multirange_ops	11	10	4199	4537	true	0
10088	403	jsonb_ops	11	10	4033	3802	true	0
1978	403	int4_ops	11	10	1976	23	true	0
1979	403	int2_ops	11	10	1976	21	true	0
1981	403	oid_ops	11	10	1989	26	true	0
3122	403	date_ops	11	10	434	1082	true	0
3123	403	float8_ops	11	10	1970	701	true	0
3124	403	int8_ops	11	10	1976	20	true	0
3125	403	numeric_ops	11	10	1988	1700	true	0
3126	403	text_ops	11	10	1994	25	true	0
3127	403	timestamptz_ops	11	10	434	1184	true	0
3128	403	timestamp_ops	11	10	434	1114	true	0$tavana$, chr(10))), chr(9)) AS _f);
INSERT INTO __tavana.pg._pg_proc BY NAME SELECT nullif(_f[1], '\N')::BIGINT AS "oid", nullif(_f[2], '\N')::VARCHAR AS "proname", nullif(_f[3], '\N')::BIGINT AS "pronamespace", nullif(_f[4], '\N')::BIGINT AS "proowner", nullif(_f[5], '\N')::BIGINT AS "prolang", nullif(_f[6], '\N')::FLOAT AS "procost", nullif(_f[7], '\N')::FLOAT AS "prorows", nullif(_f[8], '\N')::BIGINT AS "provariadic", nullif(_f[9], '\N')::BIGINT AS "prosupport", nullif(_f[10], '\N')::VARCHAR AS "prokind", nullif(_f[11], '\N')::BOOLEAN AS "prosecdef", nullif(_f[12], '\N')::BOOLEAN AS "proleakproof", nullif(_f[13], '\N')::BOOLEAN AS "proisstrict", nullif(_f[14], '\N')::BOOLEAN AS "proretset", nullif(_f[15], '\N')::VARCHAR AS "provolatile", nullif(_f[16], '\N')::VARCHAR AS "proparallel", nullif(_f[17], '\N')::SMALLINT AS "pronargs", nullif(_f[18], '\N')::SMALLINT AS "pronargdefaults", nullif(_f[19], '\N')::BIGINT AS "prorettype", nullif(_f[20], '\N')::BIGINT[] AS "proargtypes", nullif(_f[21], '\N')::BIGINT[] AS "proallargtypes", nullif(_f[22], '\N')::VARCHAR[] AS "proargmodes", nullif(_f[23], '\N')::VARCHAR[] AS "proargnames"
FROM (SELECT string_split(unnest(string_split($tavana$1026	timezone	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1114	[1186,1184]	\N	\N	\N
1031	aclitemin	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	1033	[2275]	\N	\N	\N
1032	aclitemout	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[1033]	\N	\N	\N
1044	bpcharin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1042	[2275,26,23]	\N	\N	\N
1045	bpcharout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[1042]	\N	\N	\N
1046	varcharin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1043	[2275,26,23]	\N	\N	\N
1047	varcharout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[1043]	\N	\N	\N
1066	generate_series	11	10	12	1	1000	0	3994	f	false	false	true	true	i	s	3	0	23	[23,23,23]	\N	\N	\N
1067	generate_series	11	10	12	1	1000	0	3994	f	false	false	true	true	i	s	2	0	23	[23,23]	\N	\N	\N
1068	generate_series	11	10	12	1	1000	0	3995	f	false	false	true	true	i	s	3	0	20	[20,20,20]	\N	\N	\N
1069	generate_series	11	10	12	1	1000	0	3995	f	false	false	true	true	i	s	2	0	20	[20,20]	\N	\N	\N
1079	regclass	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2205	[25]	\N	\N	\N
1081	format_type	11	10	12	1	0	0	0	f	false	false	false	false	s	s	2	0	25	[26,23]	\N	\N	\N
1084	date_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	1082	[2275]	\N	\N	\N
1085	date_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[1082]	\N	\N	\N
109	unknownin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	705	[2275]	\N	\N	\N
110	unknownout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[705]	\N	\N	\N
1143	time_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	1083	[2275,26,23]	\N	\N	\N
1144	time_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[1083]	\N	\N	\N
1150	timestamptz_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	1184	[2275,26,23]	\N	\N	\N
1151	timestamptz_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[1184]	\N	\N	\N
1158	to_timestamp	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1184	[701]	\N	\N	\N
1159	timezone	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1114	[25,1184]	\N	\N	\N
1160	interval_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	1186	[2275,26,23]	\N	\N	\N
1161	interval_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[1186]	\N	\N	\N
117	point_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	600	[2275]	\N	\N	\N
1171	date_part	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	701	[25,1184]	\N	\N	\N
1172	date_part	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	701	[25,1186]	\N	\N	\N
1174	timestamptz	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	1184	[1082]	\N	\N	\N
1175	justify_hours	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1186	[1186]	\N	\N	\N
1178	date	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	1082	[1184]	\N	\N	\N
118	point_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[600]	\N	\N	\N
1181	age	11	10	12	1	0	0	0	f	false	false	true	false	s	r	1	0	23	[28]	\N	\N	\N
119	lseg_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	601	[2275]	\N	\N	\N
1191	generate_subscripts	11	10	12	1	1000	0	0	f	false	false	true	true	i	s	3	0	23	[2277,23,16]	\N	\N	\N
1192	generate_subscripts	11	10	12	1	1000	0	0	f	false	false	true	true	i	s	2	0	23	[2277,23]	\N	\N	\N
1193	array_fill	11	10	12	1	0	0	0	f	false	false	false	false	i	s	2	0	2277	[2283,1007]	\N	\N	\N
1194	log10	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1199	age	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1186	[1184,1184]	\N	\N	\N
120	lseg_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[601]	\N	\N	\N
1200	interval	11	10	12	1	0	0	3918	f	false	false	true	false	i	s	2	0	1186	[1186,23]	\N	\N	\N
121	path_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	602	[2275]	\N	\N	\N
1215	obj_description	11	10	14	100	0	0	0	f	false	false	true	false	s	s	2	0	25	[26,19]	\N	\N	\N
1216	col_description	11	10	14	100	0	0	0	f	false	false	true	false	s	s	2	0	25	[26,23]	\N	\N	\N
1217	date_trunc	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	1184	[25,1184]	\N	\N	\N
1218	date_trunc	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1186	[25,1186]	\N	\N	\N
122	path_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[602]	\N	\N	\N
123	box_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	603	[2275]	\N	\N	\N
124	box_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[603]	\N	\N	\N
1242	boolin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	16	[2275]	\N	\N	\N
1243	boolout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[16]	\N	\N	\N
1244	byteain	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[2275]	\N	\N	\N
1245	charin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	18	[2275]	\N	\N	\N
1264	pg_char_to_encoding	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	23	[19]	\N	\N	\N
1267	cidr_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	650	[2275]	\N	\N	\N
1268	parse_ident	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	1	1009	[25,16]	\N	\N	[str,strict]
1269	pg_column_size	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	23	[2276]	\N	\N	\N
1273	date_part	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	701	[25,1266]	\N	\N	\N
1282	quote_ident	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[25]	\N	\N	\N
1283	quote_literal	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[25]	\N	\N	\N
1284	date_trunc	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1184	[25,1184,25]	\N	\N	\N
1285	quote_literal	11	10	14	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[2283]	\N	\N	\N
1286	array_fill	11	10	12	1	0	0	0	f	false	false	false	false	i	s	3	0	2277	[2283,1007,1007]	\N	\N	\N
1287	oid	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	26	[20]	\N	\N	\N
1288	int8	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	20	[26]	\N	\N	\N
1289	quote_nullable	11	10	12	1	0	0	0	f	false	false	false	false	i	s	1	0	25	[25]	\N	\N	\N
1290	quote_nullable	11	10	14	1	0	0	0	f	false	false	false	false	s	s	1	0	25	[2283]	\N	\N	\N
1293	unnest	11	10	12	1	100	0	0	f	false	false	true	true	i	s	1	0	3831	[4537]	\N	\N	\N
1295	justify_days	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1186	[1186]	\N	\N	\N
1299	now	11	10	12	1	0	0	0	f	false	false	true	false	s	s	0	0	1184	[]	\N	\N	\N
1312	timestamp_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	1114	[2275,26,23]	\N	\N	\N
1313	timestamp_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[1114]	\N	\N	\N
1316	time	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1083	[1114]	\N	\N	\N
1317	length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[25]	\N	\N	\N
1318	length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1042]	\N	\N	\N
1340	log	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1341	ln	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1342	round	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1343	trunc	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1344	sqrt	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1345	cbrt	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1346	pow	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	701	[701,701]	\N	\N	\N
1347	exp	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1348	obj_description	11	10	14	100	0	0	0	f	false	false	true	false	s	s	1	0	25	[26]	\N	\N	\N
1350	timetz_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	1266	[2275,26,23]	\N	\N	\N
1351	timetz_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[1266]	\N	\N	\N
1367	character_length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1042]	\N	\N	\N
1368	power	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	701	[701,701]	\N	\N	\N
1369	character_length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[25]	\N	\N	\N
1370	interval	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	1186	[1083]	\N	\N	\N
1372	char_length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1042]	\N	\N	\N
1373	isfinite	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	16	[1082]	\N	\N	\N
1374	octet_length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[25]	\N	\N	\N
1375	octet_length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1042]	\N	\N	\N
1376	factorial	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1700	[20]	\N	\N	\N
1381	char_length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[25]	\N	\N	\N
1384	date_part	11	10	14	1	0	0	0	f	false	false	true	false	i	s	2	0	701	[25,1082]	\N	\N	\N
1385	date_part	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	701	[25,1083]	\N	\N	\N
1386	age	11	10	14	1	0	0	0	f	false	false	true	false	s	s	1	0	1186	[1184]	\N	\N	\N
1387	pg_get_constraintdef	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[26]	\N	\N	\N
1388	timetz	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	1266	[1184]	\N	\N	\N
1389	isfinite	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	16	[1184]	\N	\N	\N
1390	isfinite	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	16	[1186]	\N	\N	\N
1394	abs	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	700	[700]	\N	\N	\N
1395	abs	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1396	abs	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	20	[20]	\N	\N	\N
1397	abs	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[23]	\N	\N	\N
1398	abs	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	21	[21]	\N	\N	\N
1400	name	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	19	[1043]	\N	\N	\N
1401	varchar	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	1043	[19]	\N	\N	\N
1402	current_schema	11	10	12	1	0	0	0	f	false	false	true	false	s	u	0	0	19	[]	\N	\N	\N
1403	current_schemas	11	10	12	1	0	0	0	f	false	false	true	false	s	u	1	0	1003	[16]	\N	\N	\N
1404	overlay	11	10	12	1	0	0	0	f	false	false	true	false	i	s	4	0	25	[25,25,23,23]	\N	\N	\N
1405	overlay	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	25	[25,25,23]	\N	\N	\N
1416	point	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	600	[718]	\N	\N	\N
1419	time	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1083	[1186]	\N	\N	\N
1427	cidr_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[650]	\N	\N	\N
1446	box	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	603	[604]	\N	\N	\N
1447	path	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	602	[604]	\N	\N	\N
1448	polygon	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	604	[603]	\N	\N	\N
1449	polygon	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	604	[602]	\N	\N	\N
1450	circle_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	718	[2275]	\N	\N	\N
1451	circle_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[718]	\N	\N	\N
1474	circle	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	718	[604]	\N	\N	\N
1479	circle	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	718	[603]	\N	\N	\N
1480	box	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	603	[718]	\N	\N	\N
1481	log10	11	10	14	1	0	0	0	f	false	false	true	false	i	s	1	0	1700	[1700]	\N	\N	\N
1490	line_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	628	[2275]	\N	\N	\N
1491	line_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[628]	\N	\N	\N
1530	length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[601]	\N	\N	\N
1531	length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[602]	\N	\N	\N
1532	point	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	600	[601]	\N	\N	\N
1534	point	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	600	[603]	\N	\N	\N
1540	point	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	600	[604]	\N	\N	\N
1541	lseg	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	601	[603]	\N	\N	\N
1544	polygon	11	10	14	1	0	0	0	f	false	false	true	false	i	s	1	0	604	[718]	\N	\N	\N
1564	bit_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1560	[2275,26,23]	\N	\N	\N
1565	bit_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[1560]	\N	\N	\N
1573	pg_get_ruledef	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[26]	\N	\N	\N
1574	nextval	11	10	12	1	0	0	0	f	false	false	true	false	v	u	1	0	20	[2205]	\N	\N	\N
1575	currval	11	10	12	1	0	0	0	f	false	false	true	false	v	u	1	0	20	[2205]	\N	\N	\N
1579	varbit_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1562	[2275,26,23]	\N	\N	\N
1580	varbit_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[1562]	\N	\N	\N
1597	pg_encoding_to_char	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	19	[23]	\N	\N	\N
1598	random	11	10	12	1	0	0	0	f	false	false	true	false	v	r	0	0	701	[]	\N	\N	\N
1599	setseed	11	10	12	1	0	0	0	f	false	false	true	false	v	r	1	0	2278	[701]	\N	\N	\N
1600	asin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1601	acos	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1602	atan	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1603	atan2	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	701	[701,701]	\N	\N	\N
1604	sin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1605	cos	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1606	tan	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1607	cot	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1608	degrees	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1609	radians	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
1610	pi	11	10	12	1	0	0	0	f	false	false	true	false	i	s	0	0	701	[]	\N	\N	\N
1619	pg_typeof	11	10	12	1	0	0	0	f	false	false	false	false	s	s	1	0	2206	[2276]	\N	\N	\N
1620	ascii	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[25]	\N	\N	\N
1621	chr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[23]	\N	\N	\N
1622	repeat	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	25	[25,23]	\N	\N	\N
1637	like_escape	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	25	[25,25]	\N	\N	\N
1640	pg_get_viewdef	11	10	12	1	0	0	0	f	false	false	true	false	s	r	1	0	25	[25]	\N	\N	\N
1641	pg_get_viewdef	11	10	12	1	0	0	0	f	false	false	true	false	s	r	1	0	25	[26]	\N	\N	\N
1642	pg_get_userbyid	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	19	[26]	\N	\N	\N
1643	pg_get_indexdef	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[26]	\N	\N	\N
1662	pg_get_triggerdef	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[26]	\N	\N	\N
1665	pg_get_serial_sequence	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[25,25]	\N	\N	\N
1680	substring	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1560	[1560,23,23]	\N	\N	\N
1681	length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1560]	\N	\N	\N
1682	octet_length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1560]	\N	\N	\N
1683	bit	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1560	[23,23]	\N	\N	\N
1684	int4	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1560]	\N	\N	\N
1685	bit	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1560	[1560,23,16]	\N	\N	\N
1686	pg_get_keywords	11	10	12	10	500	0	0	f	false	false	true	true	s	s	0	0	2249	[]	[25,18,16,25,25]	[o,o,o,o,o]	[word,catcode,barelabel,catdesc,baredesc]
1687	varbit	11	10	12	1	0	0	3158	f	false	false	true	false	i	s	3	0	1562	[1562,23,16]	\N	\N	\N
1689	aclexplode	11	10	12	1	10	0	0	f	false	false	true	true	s	s	1	0	2249	[1034]	[1034,26,26,25,16]	[i,o,o,o,o]	[acl,grantor,grantee,privilege_type,is_grantable]
1698	position	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[1560,1560]	\N	\N	\N
1699	substring	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1560	[1560,23]	\N	\N	\N
1701	numeric_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1700	[2275,26,23]	\N	\N	\N
1702	numeric_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[1700]	\N	\N	\N
1703	numeric	11	10	12	1	0	0	3157	f	false	false	true	false	i	s	2	0	1700	[1700,23]	\N	\N	\N
1705	abs	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1700	[1700]	\N	\N	\N
1706	sign	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1700	[1700]	\N	\N	\N
1707	round	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1700	[1700,23]	\N	\N	\N
1708	round	11	10	14	1	0	0	0	f	false	false	true	false	i	s	1	0	1700	[1700]	\N	\N	\N
1709	trunc	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1700	[1700,23]	\N	\N	\N
1710	trunc	11	10	14	1	0	0	0	f	false	false	true	false	i	s	1	0	1700	[1700]	\N	\N	\N
1711	ceil	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1700	[1700]	\N	\N	\N
1712	floor	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1700	[1700]	\N	\N	\N
1713	length	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	23	[17,19]	\N	\N	\N
1714	convert_from	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[17,19]	\N	\N	\N
1715	cidr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	650	[869]	\N	\N	\N
1716	pg_get_expr	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[194,26]	\N	\N	\N
1717	convert_to	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	17	[25,19]	\N	\N	\N
1728	mod	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1700	[1700,1700]	\N	\N	\N
1730	sqrt	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1700	[1700]	\N	\N	\N
1732	exp	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1700	[1700]	\N	\N	\N
1734	ln	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1700	[1700]	\N	\N	\N
1736	log	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1700	[1700,1700]	\N	\N	\N
1738	pow	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1700	[1700,1700]	\N	\N	\N
1740	numeric	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	1700	[23]	\N	\N	\N
1741	log	11	10	14	1	0	0	0	f	false	false	true	false	i	s	1	0	1700	[1700]	\N	\N	\N
1742	numeric	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	1700	[700]	\N	\N	\N
1743	numeric	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	1700	[701]	\N	\N	\N
1744	int4	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1700]	\N	\N	\N
1745	float4	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	700	[1700]	\N	\N	\N
1746	float8	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[1700]	\N	\N	\N
1768	to_char	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[1186,25]	\N	\N	\N
1770	to_char	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[1184,25]	\N	\N	\N
1772	to_char	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[1700,25]	\N	\N	\N
1773	to_char	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[23,25]	\N	\N	\N
1774	to_char	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[20,25]	\N	\N	\N
1775	to_char	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[700,25]	\N	\N	\N
1776	to_char	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[701,25]	\N	\N	\N
1777	to_number	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	1700	[25,25]	\N	\N	\N
1778	to_timestamp	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	1184	[25,25]	\N	\N	\N
1779	int8	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	20	[1700]	\N	\N	\N
1780	to_date	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	1082	[25,25]	\N	\N	\N
1781	numeric	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	1700	[20]	\N	\N	\N
1782	numeric	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	1700	[21]	\N	\N	\N
1783	int2	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	21	[1700]	\N	\N	\N
1798	oidin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	26	[2275]	\N	\N	\N
1799	oidout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[26]	\N	\N	\N
1810	bit_length	11	10	14	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[17]	\N	\N	\N
1811	bit_length	11	10	14	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[25]	\N	\N	\N
1812	bit_length	11	10	14	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1560]	\N	\N	\N
1922	has_table_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,25,25]	\N	\N	\N
1923	has_table_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,26,25]	\N	\N	\N
1924	has_table_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,25,25]	\N	\N	\N
1925	has_table_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,26,25]	\N	\N	\N
1926	has_table_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[25,25]	\N	\N	\N
1927	has_table_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[26,25]	\N	\N	\N
1928	pg_stat_get_numscans	11	10	12	1	0	0	0	f	false	false	true	false	s	r	1	0	20	[26]	\N	\N	\N
1929	pg_stat_get_tuples_returned	11	10	12	1	0	0	0	f	false	false	true	false	s	r	1	0	20	[26]	\N	\N	\N
1930	pg_stat_get_tuples_fetched	11	10	12	1	0	0	0	f	false	false	true	false	s	r	1	0	20	[26]	\N	\N	\N
1931	pg_stat_get_tuples_inserted	11	10	12	1	0	0	0	f	false	false	true	false	s	r	1	0	20	[26]	\N	\N	\N
1932	pg_stat_get_tuples_updated	11	10	12	1	0	0	0	f	false	false	true	false	s	r	1	0	20	[26]	\N	\N	\N
1933	pg_stat_get_tuples_deleted	11	10	12	1	0	0	0	f	false	false	true	false	s	r	1	0	20	[26]	\N	\N	\N
1946	encode	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	25	[17,25]	\N	\N	\N
1947	decode	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	17	[25,25]	\N	\N	\N
195	pg_node_tree_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	194	[2275]	\N	\N	\N
196	pg_node_tree_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[194]	\N	\N	\N
1961	timestamp	11	10	12	1	0	0	3917	f	false	false	true	false	i	s	2	0	1114	[1114,23]	\N	\N	\N
1967	timestamptz	11	10	12	1	0	0	3917	f	false	false	true	false	i	s	2	0	1184	[1184,23]	\N	\N	\N
1968	time	11	10	12	1	0	0	3944	f	false	false	true	false	i	s	2	0	1083	[1083,23]	\N	\N	\N
1969	timetz	11	10	12	1	0	0	3944	f	false	false	true	false	i	s	2	0	1266	[1266,23]	\N	\N	\N
197	pg_node_tree_recv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	194	[2281]	\N	\N	\N
1973	div	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1700	[1700,1700]	\N	\N	\N
198	pg_node_tree_send	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[194]	\N	\N	\N
1993	shobj_description	11	10	14	100	0	0	0	f	false	false	true	false	s	s	2	0	25	[26,19]	\N	\N	\N
200	float4in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	700	[2275]	\N	\N	\N
2009	like_escape	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	17	[17,17]	\N	\N	\N
201	float4out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[700]	\N	\N	\N
2010	length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[17]	\N	\N	\N
2012	substring	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	17	[17,23,23]	\N	\N	\N
2013	substring	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	17	[17,23]	\N	\N	\N
2014	position	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[17,17]	\N	\N	\N
2015	btrim	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	17	[17,17]	\N	\N	\N
2019	time	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	1083	[1184]	\N	\N	\N
2020	date_trunc	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1114	[25,1114]	\N	\N	\N
2021	date_part	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	701	[25,1114]	\N	\N	\N
2024	timestamp	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1114	[1082]	\N	\N	\N
2026	pg_backend_pid	11	10	12	1	0	0	0	f	false	false	true	false	s	r	0	0	23	[]	\N	\N	\N
2027	timestamp	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	1114	[1184]	\N	\N	\N
2028	timestamptz	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	1184	[1114]	\N	\N	\N
2029	date	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1082	[1114]	\N	\N	\N
2034	pg_conf_load_time	11	10	12	1	0	0	0	f	false	false	true	false	s	r	0	0	1184	[]	\N	\N	\N
2037	timezone	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	1266	[25,1266]	\N	\N	\N
2038	timezone	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1266	[1186,1266]	\N	\N	\N
2046	time	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1083	[1266]	\N	\N	\N
2047	timetz	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	1266	[1083]	\N	\N	\N
2048	isfinite	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	16	[1114]	\N	\N	\N
2049	to_char	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[1114,25]	\N	\N	\N
2050	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	2277	[2277]	\N	\N	\N
2051	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	2277	[2277]	\N	\N	\N
2058	age	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1186	[1114,1114]	\N	\N	\N
2059	age	11	10	14	1	0	0	0	f	false	false	true	false	s	s	1	0	1186	[1114]	\N	\N	\N
2069	timezone	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1184	[25,1114]	\N	\N	\N
2070	timezone	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1184	[1186,1114]	\N	\N	\N
2073	substring	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	25	[25,25]	\N	\N	\N
2074	substring	11	10	14	1	0	0	0	f	false	false	true	false	i	s	3	0	25	[25,25,25]	\N	\N	\N
2075	bit	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1560	[20,23]	\N	\N	\N
2076	int8	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	20	[1560]	\N	\N	\N
2077	current_setting	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[25]	\N	\N	\N
2078	set_config	11	10	12	1	0	0	0	f	false	false	false	false	v	u	3	0	25	[25,25,16]	\N	\N	\N
2079	pg_table_is_visible	11	10	12	10	0	0	0	f	false	false	true	false	s	s	1	0	16	[26]	\N	\N	\N
2080	pg_type_is_visible	11	10	12	10	0	0	0	f	false	false	true	false	s	s	1	0	16	[26]	\N	\N	\N
2081	pg_function_is_visible	11	10	12	10	0	0	0	f	false	false	true	false	s	s	1	0	16	[26]	\N	\N	\N
2082	pg_operator_is_visible	11	10	12	10	0	0	0	f	false	false	true	false	s	s	1	0	16	[26]	\N	\N	\N
2083	pg_opclass_is_visible	11	10	12	10	0	0	0	f	false	false	true	false	s	s	1	0	16	[26]	\N	\N	\N
2085	substr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	17	[17,23,23]	\N	\N	\N
2086	substr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	17	[17,23]	\N	\N	\N
2087	replace	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	25	[25,25,25]	\N	\N	\N
2088	split_part	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	25	[25,25,23]	\N	\N	\N
2089	to_hex	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[23]	\N	\N	\N
2090	to_hex	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[20]	\N	\N	\N
2091	array_lower	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[2277,23]	\N	\N	\N
2092	array_upper	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[2277,23]	\N	\N	\N
2093	pg_conversion_is_visible	11	10	12	10	0	0	0	f	false	false	true	false	s	s	1	0	16	[26]	\N	\N	\N
2096	pg_terminate_backend	11	10	12	1	0	0	0	f	false	false	true	false	v	s	2	1	16	[23,20]	\N	\N	[pid,timeout]
2098	pg_get_functiondef	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[26]	\N	\N	\N
2100	avg	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[20]	\N	\N	\N
2101	avg	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[23]	\N	\N	\N
2102	avg	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[21]	\N	\N	\N
2103	avg	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[1700]	\N	\N	\N
2104	avg	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[700]	\N	\N	\N
2105	avg	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[701]	\N	\N	\N
2106	avg	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1186	[1186]	\N	\N	\N
2107	sum	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[20]	\N	\N	\N
2108	sum	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	20	[23]	\N	\N	\N
2109	sum	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	20	[21]	\N	\N	\N
2110	sum	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	700	[700]	\N	\N	\N
2111	sum	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[701]	\N	\N	\N
2112	sum	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	790	[790]	\N	\N	\N
2113	sum	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1186	[1186]	\N	\N	\N
2114	sum	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[1700]	\N	\N	\N
2115	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	20	[20]	\N	\N	\N
2116	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	23	[23]	\N	\N	\N
2117	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	21	[21]	\N	\N	\N
2118	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	26	[26]	\N	\N	\N
2119	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	700	[700]	\N	\N	\N
2120	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[701]	\N	\N	\N
2122	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1082	[1082]	\N	\N	\N
2123	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1083	[1083]	\N	\N	\N
2124	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1266	[1266]	\N	\N	\N
2125	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	790	[790]	\N	\N	\N
2126	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1114	[1114]	\N	\N	\N
2127	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1184	[1184]	\N	\N	\N
2128	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1186	[1186]	\N	\N	\N
2129	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	25	[25]	\N	\N	\N
2130	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[1700]	\N	\N	\N
2131	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	20	[20]	\N	\N	\N
2132	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	23	[23]	\N	\N	\N
2133	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	21	[21]	\N	\N	\N
2134	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	26	[26]	\N	\N	\N
2135	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	700	[700]	\N	\N	\N
2136	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[701]	\N	\N	\N
2138	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1082	[1082]	\N	\N	\N
2139	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1083	[1083]	\N	\N	\N
214	float8in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[2275]	\N	\N	\N
2140	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1266	[1266]	\N	\N	\N
2141	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	790	[790]	\N	\N	\N
2142	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1114	[1114]	\N	\N	\N
2143	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1184	[1184]	\N	\N	\N
2144	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1186	[1186]	\N	\N	\N
2145	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	25	[25]	\N	\N	\N
2146	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[1700]	\N	\N	\N
2147	count	11	10	12	1	0	0	6236	a	false	false	false	false	i	s	1	0	20	[2276]	\N	\N	\N
2148	variance	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[20]	\N	\N	\N
2149	variance	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[23]	\N	\N	\N
215	float8out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[701]	\N	\N	\N
2150	variance	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[21]	\N	\N	\N
2151	variance	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[700]	\N	\N	\N
2152	variance	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[701]	\N	\N	\N
2153	variance	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[1700]	\N	\N	\N
2154	stddev	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[20]	\N	\N	\N
2155	stddev	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[23]	\N	\N	\N
2156	stddev	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[21]	\N	\N	\N
2157	stddev	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[700]	\N	\N	\N
2158	stddev	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[701]	\N	\N	\N
2159	stddev	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[1700]	\N	\N	\N
2162	pg_get_function_arguments	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[26]	\N	\N	\N
2165	pg_get_function_result	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[26]	\N	\N	\N
2167	ceiling	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1700	[1700]	\N	\N	\N
2168	pg_database_size	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	20	[19]	\N	\N	\N
2169	power	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1700	[1700,1700]	\N	\N	\N
2170	width_bucket	11	10	12	1	0	0	0	f	false	false	true	false	i	s	4	0	23	[1700,1700,1700,23]	\N	\N	\N
2171	pg_cancel_backend	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	16	[23]	\N	\N	\N
2176	array_length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[2277,23]	\N	\N	\N
2181	has_sequence_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,25,25]	\N	\N	\N
2182	has_sequence_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,26,25]	\N	\N	\N
2183	has_sequence_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,25,25]	\N	\N	\N
2184	has_sequence_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,26,25]	\N	\N	\N
2185	has_sequence_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[25,25]	\N	\N	\N
2186	has_sequence_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[26,25]	\N	\N	\N
2196	inet_client_addr	11	10	12	1	0	0	0	f	false	false	false	false	s	r	0	0	869	[]	\N	\N	\N
2197	inet_client_port	11	10	12	1	0	0	0	f	false	false	false	false	s	r	0	0	23	[]	\N	\N	\N
2198	inet_server_addr	11	10	12	1	0	0	0	f	false	false	false	false	s	r	0	0	869	[]	\N	\N	\N
2199	inet_server_port	11	10	12	1	0	0	0	f	false	false	false	false	s	r	0	0	23	[]	\N	\N	\N
2212	regprocedurein	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2202	[2275]	\N	\N	\N
2213	regprocedureout	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[2202]	\N	\N	\N
2214	regoperin	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2203	[2275]	\N	\N	\N
2215	regoperout	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[2203]	\N	\N	\N
2216	regoperatorin	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2204	[2275]	\N	\N	\N
2217	regoperatorout	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[2204]	\N	\N	\N
2218	regclassin	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2205	[2275]	\N	\N	\N
2219	regclassout	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[2205]	\N	\N	\N
2220	regtypein	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2206	[2275]	\N	\N	\N
2221	regtypeout	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[2206]	\N	\N	\N
2232	pg_get_function_identity_arguments	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[26]	\N	\N	\N
2236	bit_and	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	21	[21]	\N	\N	\N
2237	bit_or	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	21	[21]	\N	\N	\N
2238	bit_and	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	23	[23]	\N	\N	\N
2239	bit_or	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	23	[23]	\N	\N	\N
2240	bit_and	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	20	[20]	\N	\N	\N
2241	bit_or	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	20	[20]	\N	\N	\N
2242	bit_and	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1560	[1560]	\N	\N	\N
2243	bit_or	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1560	[1560]	\N	\N	\N
2244	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1042	[1042]	\N	\N	\N
2245	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1042	[1042]	\N	\N	\N
2250	has_database_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,25,25]	\N	\N	\N
2251	has_database_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,26,25]	\N	\N	\N
2252	has_database_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,25,25]	\N	\N	\N
2253	has_database_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,26,25]	\N	\N	\N
2254	has_database_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[25,25]	\N	\N	\N
2255	has_database_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[26,25]	\N	\N	\N
2256	has_function_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,25,25]	\N	\N	\N
2257	has_function_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,26,25]	\N	\N	\N
2258	has_function_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,25,25]	\N	\N	\N
2259	has_function_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,26,25]	\N	\N	\N
2260	has_function_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[25,25]	\N	\N	\N
2261	has_function_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[26,25]	\N	\N	\N
2262	has_language_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,25,25]	\N	\N	\N
2263	has_language_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,26,25]	\N	\N	\N
2264	has_language_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,25,25]	\N	\N	\N
2265	has_language_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,26,25]	\N	\N	\N
2266	has_language_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[25,25]	\N	\N	\N
2267	has_language_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[26,25]	\N	\N	\N
2268	has_schema_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,25,25]	\N	\N	\N
2269	has_schema_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,26,25]	\N	\N	\N
2270	has_schema_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,25,25]	\N	\N	\N
2271	has_schema_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,26,25]	\N	\N	\N
2272	has_schema_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[25,25]	\N	\N	\N
2273	has_schema_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[26,25]	\N	\N	\N
2284	regexp_replace	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	25	[25,25,25]	\N	\N	[string,pattern,replacement]
2285	regexp_replace	11	10	12	1	0	0	0	f	false	false	true	false	i	s	4	0	25	[25,25,25,25]	\N	\N	[string,pattern,replacement,flags]
2286	pg_total_relation_size	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	20	[2205]	\N	\N	\N
2288	pg_size_pretty	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[20]	\N	\N	\N
2289	pg_options_to_table	11	10	12	1	3	0	0	f	false	false	true	true	s	s	1	0	2249	[1009]	[1009,25,25]	[i,o,o]	[options_array,option_name,option_value]
2290	record_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	2249	[2275,26,23]	\N	\N	\N
2291	record_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[2249]	\N	\N	\N
2292	cstring_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[2275]	\N	\N	\N
2293	cstring_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[2275]	\N	\N	\N
2294	any_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2276	[2275]	\N	\N	\N
2295	any_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[2276]	\N	\N	\N
2296	anyarray_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2277	[2275]	\N	\N	\N
2297	anyarray_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[2277]	\N	\N	\N
2298	void_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2278	[2275]	\N	\N	\N
2299	void_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[2278]	\N	\N	\N
2300	trigger_in	11	10	12	1	0	0	0	f	false	false	false	false	i	s	1	0	2279	[2275]	\N	\N	\N
2301	trigger_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[2279]	\N	\N	\N
2302	language_handler_in	11	10	12	1	0	0	0	f	false	false	false	false	i	s	1	0	2280	[2275]	\N	\N	\N
2303	language_handler_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[2280]	\N	\N	\N
2304	internal_in	11	10	12	1	0	0	0	f	false	false	false	false	i	s	1	0	2281	[2275]	\N	\N	\N
2305	internal_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[2281]	\N	\N	\N
2308	ceil	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
2309	floor	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
2310	sign	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
2311	md5	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	25	[25]	\N	\N	\N
2312	anyelement_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2283	[2275]	\N	\N	\N
2313	anyelement_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[2283]	\N	\N	\N
2319	pg_encoding_max_length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[23]	\N	\N	\N
2320	ceiling	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
2321	md5	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	25	[17]	\N	\N	\N
2322	pg_tablespace_size	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	20	[26]	\N	\N	\N
2323	pg_tablespace_size	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	20	[19]	\N	\N	\N
2324	pg_database_size	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	20	[26]	\N	\N	\N
2325	pg_relation_size	11	10	14	1	0	0	0	f	false	false	true	false	v	s	1	0	20	[2205]	\N	\N	\N
2331	unnest	11	10	12	1	100	0	3996	f	false	false	true	true	i	s	1	0	2283	[2277]	\N	\N	\N
2332	pg_relation_size	11	10	12	1	0	0	0	f	false	false	true	false	v	s	2	0	20	[2205,25]	\N	\N	\N
2335	array_agg	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	2277	[2776]	\N	\N	\N
235	float8	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	701	[21]	\N	\N	\N
236	float4	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	700	[21]	\N	\N	\N
237	int2	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	21	[701]	\N	\N	\N
238	int2	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	21	[700]	\N	\N	\N
2390	has_tablespace_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,25,25]	\N	\N	\N
2391	has_tablespace_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,26,25]	\N	\N	\N
2392	has_tablespace_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,25,25]	\N	\N	\N
2393	has_tablespace_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,26,25]	\N	\N	\N
2394	has_tablespace_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[25,25]	\N	\N	\N
2395	has_tablespace_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[26,25]	\N	\N	\N
2400	array_recv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	2277	[2281,26,23]	\N	\N	\N
2401	array_send	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[2277]	\N	\N	\N
2402	record_recv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	2249	[2281,26,23]	\N	\N	\N
2403	record_send	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[2249]	\N	\N	\N
2404	int2recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	21	[2281]	\N	\N	\N
2405	int2send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[21]	\N	\N	\N
2406	int4recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[2281]	\N	\N	\N
2407	int4send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[23]	\N	\N	\N
2408	int8recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	20	[2281]	\N	\N	\N
2409	int8send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[20]	\N	\N	\N
2410	int2vectorrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	22	[2281]	\N	\N	\N
2411	int2vectorsend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[22]	\N	\N	\N
2412	bytearecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[2281]	\N	\N	\N
2413	byteasend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[17]	\N	\N	\N
2414	textrecv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[2281]	\N	\N	\N
2415	textsend	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[25]	\N	\N	\N
2416	unknownrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	705	[2281]	\N	\N	\N
2417	unknownsend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[705]	\N	\N	\N
2418	oidrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	26	[2281]	\N	\N	\N
2419	oidsend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[26]	\N	\N	\N
2420	oidvectorrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	30	[2281]	\N	\N	\N
2421	oidvectorsend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[30]	\N	\N	\N
2422	namerecv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	19	[2281]	\N	\N	\N
2423	namesend	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[19]	\N	\N	\N
2424	float4recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	700	[2281]	\N	\N	\N
2425	float4send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[700]	\N	\N	\N
2426	float8recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[2281]	\N	\N	\N
2427	float8send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[701]	\N	\N	\N
2428	point_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	600	[2281]	\N	\N	\N
2429	point_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[600]	\N	\N	\N
2430	bpcharrecv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	1042	[2281,26,23]	\N	\N	\N
2431	bpcharsend	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[1042]	\N	\N	\N
2432	varcharrecv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	1043	[2281,26,23]	\N	\N	\N
2433	varcharsend	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[1043]	\N	\N	\N
2434	charrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	18	[2281]	\N	\N	\N
2435	charsend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[18]	\N	\N	\N
2436	boolrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	16	[2281]	\N	\N	\N
2437	boolsend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[16]	\N	\N	\N
2438	tidrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	27	[2281]	\N	\N	\N
2439	tidsend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[27]	\N	\N	\N
2440	xidrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	28	[2281]	\N	\N	\N
2441	xidsend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[28]	\N	\N	\N
2442	cidrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	29	[2281]	\N	\N	\N
2443	cidsend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[29]	\N	\N	\N
2444	regprocrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	24	[2281]	\N	\N	\N
2445	regprocsend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[24]	\N	\N	\N
2446	regprocedurerecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2202	[2281]	\N	\N	\N
2447	regproceduresend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[2202]	\N	\N	\N
2448	regoperrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2203	[2281]	\N	\N	\N
2449	regopersend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[2203]	\N	\N	\N
2450	regoperatorrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2204	[2281]	\N	\N	\N
2451	regoperatorsend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[2204]	\N	\N	\N
2452	regclassrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2205	[2281]	\N	\N	\N
2453	regclasssend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[2205]	\N	\N	\N
2454	regtyperecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2206	[2281]	\N	\N	\N
2455	regtypesend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[2206]	\N	\N	\N
2456	bit_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1560	[2281,26,23]	\N	\N	\N
2457	bit_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[1560]	\N	\N	\N
2458	varbit_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1562	[2281,26,23]	\N	\N	\N
2459	varbit_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[1562]	\N	\N	\N
2460	numeric_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1700	[2281,26,23]	\N	\N	\N
2461	numeric_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[1700]	\N	\N	\N
2462	sinh	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
2463	cosh	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
2464	tanh	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
2465	asinh	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
2466	acosh	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
2467	atanh	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
2468	date_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1082	[2281]	\N	\N	\N
2469	date_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[1082]	\N	\N	\N
2470	time_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1083	[2281,26,23]	\N	\N	\N
2471	time_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[1083]	\N	\N	\N
2472	timetz_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1266	[2281,26,23]	\N	\N	\N
2473	timetz_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[1266]	\N	\N	\N
2474	timestamp_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1114	[2281,26,23]	\N	\N	\N
2475	timestamp_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[1114]	\N	\N	\N
2476	timestamptz_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1184	[2281,26,23]	\N	\N	\N
2477	timestamptz_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[1184]	\N	\N	\N
2478	interval_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1186	[2281,26,23]	\N	\N	\N
2479	interval_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[1186]	\N	\N	\N
2480	lseg_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	601	[2281]	\N	\N	\N
2481	lseg_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[601]	\N	\N	\N
2482	path_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	602	[2281]	\N	\N	\N
2483	path_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[602]	\N	\N	\N
2484	box_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	603	[2281]	\N	\N	\N
2485	box_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[603]	\N	\N	\N
2486	poly_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	604	[2281]	\N	\N	\N
2487	poly_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[604]	\N	\N	\N
2488	line_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	628	[2281]	\N	\N	\N
2489	line_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[628]	\N	\N	\N
2490	circle_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	718	[2281]	\N	\N	\N
2491	circle_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[718]	\N	\N	\N
2492	cash_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	790	[2281]	\N	\N	\N
2493	cash_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[790]	\N	\N	\N
2494	macaddr_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	829	[2281]	\N	\N	\N
2495	macaddr_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[829]	\N	\N	\N
2496	inet_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	869	[2281]	\N	\N	\N
2497	inet_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[869]	\N	\N	\N
2498	cidr_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	650	[2281]	\N	\N	\N
2499	cidr_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[650]	\N	\N	\N
2500	cstring_recv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[2281]	\N	\N	\N
2501	cstring_send	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[2275]	\N	\N	\N
2502	anyarray_recv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2277	[2281]	\N	\N	\N
2503	anyarray_send	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[2277]	\N	\N	\N
2504	pg_get_ruledef	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[26,16]	\N	\N	\N
2505	pg_get_viewdef	11	10	12	1	0	0	0	f	false	false	true	false	s	r	2	0	25	[25,16]	\N	\N	\N
2506	pg_get_viewdef	11	10	12	1	0	0	0	f	false	false	true	false	s	r	2	0	25	[26,16]	\N	\N	\N
2507	pg_get_indexdef	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	25	[26,23,16]	\N	\N	\N
2508	pg_get_constraintdef	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[26,16]	\N	\N	\N
2509	pg_get_expr	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	25	[194,26,16]	\N	\N	\N
2517	bool_and	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	16	[16]	\N	\N	\N
2518	bool_or	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	16	[16]	\N	\N	\N
2519	every	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	16	[16]	\N	\N	\N
2556	pg_tablespace_databases	11	10	12	1	1000	0	0	f	false	false	true	true	s	s	1	0	26	[26]	\N	\N	\N
2557	bool	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	16	[23]	\N	\N	\N
2558	int4	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	23	[16]	\N	\N	\N
2560	pg_postmaster_start_time	11	10	12	1	0	0	0	f	false	false	true	false	s	s	0	0	1184	[]	\N	\N	\N
2561	pg_blocking_pids	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	1007	[23]	\N	\N	\N
2580	float8	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[3802]	\N	\N	\N
2597	domain_in	11	10	12	1	0	0	0	f	false	false	false	false	s	s	3	0	2276	[2275,26,23]	\N	\N	\N
2598	domain_recv	11	10	12	1	0	0	0	f	false	false	false	false	s	s	3	0	2276	[2281,26,23]	\N	\N	\N
2626	pg_sleep	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	2278	[701]	\N	\N	\N
2641	var_samp	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[20]	\N	\N	\N
2642	var_samp	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[23]	\N	\N	\N
2643	var_samp	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[21]	\N	\N	\N
2644	var_samp	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[700]	\N	\N	\N
2645	var_samp	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[701]	\N	\N	\N
2646	var_samp	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[1700]	\N	\N	\N
2647	transaction_timestamp	11	10	12	1	0	0	0	f	false	false	true	false	s	s	0	0	1184	[]	\N	\N	\N
2648	statement_timestamp	11	10	12	1	0	0	0	f	false	false	true	false	s	s	0	0	1184	[]	\N	\N	\N
2649	clock_timestamp	11	10	12	1	0	0	0	f	false	false	true	false	v	s	0	0	1184	[]	\N	\N	\N
267	table_am_handler_in	11	10	12	1	0	0	0	f	false	false	false	false	i	s	1	0	269	[2275]	\N	\N	\N
268	table_am_handler_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[269]	\N	\N	\N
2705	pg_has_role	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,19,25]	\N	\N	\N
2706	pg_has_role	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,26,25]	\N	\N	\N
2707	pg_has_role	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,19,25]	\N	\N	\N
2708	pg_has_role	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,26,25]	\N	\N	\N
2709	pg_has_role	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[19,25]	\N	\N	\N
2710	pg_has_role	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[26,25]	\N	\N	\N
2711	justify_interval	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1186	[1186]	\N	\N	\N
2712	stddev_samp	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[20]	\N	\N	\N
2713	stddev_samp	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[23]	\N	\N	\N
2714	stddev_samp	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[21]	\N	\N	\N
2715	stddev_samp	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[700]	\N	\N	\N
2716	stddev_samp	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[701]	\N	\N	\N
2717	stddev_samp	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[1700]	\N	\N	\N
2718	var_pop	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[20]	\N	\N	\N
2719	var_pop	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[23]	\N	\N	\N
2720	var_pop	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[21]	\N	\N	\N
2721	var_pop	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[700]	\N	\N	\N
2722	var_pop	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[701]	\N	\N	\N
2723	var_pop	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[1700]	\N	\N	\N
2724	stddev_pop	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[20]	\N	\N	\N
2725	stddev_pop	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[23]	\N	\N	\N
2726	stddev_pop	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[21]	\N	\N	\N
2727	stddev_pop	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[700]	\N	\N	\N
2728	stddev_pop	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	701	[701]	\N	\N	\N
2729	stddev_pop	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1700	[1700]	\N	\N	\N
2730	pg_get_triggerdef	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[26,16]	\N	\N	\N
274	timeofday	11	10	12	1	0	0	0	f	false	false	true	false	v	s	0	0	25	[]	\N	\N	\N
2763	regexp_matches	11	10	12	1	1	0	0	f	false	false	true	true	i	s	2	0	1009	[25,25]	\N	\N	[string,pattern]
2764	regexp_matches	11	10	12	1	10	0	0	f	false	false	true	true	i	s	3	0	1009	[25,25,25]	\N	\N	[string,pattern,flags]
2765	regexp_split_to_table	11	10	12	1	1000	0	0	f	false	false	true	true	i	s	2	0	25	[25,25]	\N	\N	[string,pattern]
2766	regexp_split_to_table	11	10	12	1	1000	0	0	f	false	false	true	true	i	s	3	0	25	[25,25,25]	\N	\N	[string,pattern,flags]
2767	regexp_split_to_array	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1009	[25,25]	\N	\N	[string,pattern]
2768	regexp_split_to_array	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1009	[25,25,25]	\N	\N	[string,pattern,flags]
2777	anynonarray_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2776	[2275]	\N	\N	\N
2778	anynonarray_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[2776]	\N	\N	\N
2781	pg_stat_get_last_vacuum_time	11	10	12	1	0	0	0	f	false	false	true	false	s	r	1	0	1184	[26]	\N	\N	\N
2782	pg_stat_get_last_autovacuum_time	11	10	12	1	0	0	0	f	false	false	true	false	s	r	1	0	1184	[26]	\N	\N	\N
2783	pg_stat_get_last_analyze_time	11	10	12	1	0	0	0	f	false	false	true	false	s	r	1	0	1184	[26]	\N	\N	\N
2784	pg_stat_get_last_autoanalyze_time	11	10	12	1	0	0	0	f	false	false	true	false	s	r	1	0	1184	[26]	\N	\N	\N
2797	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	27	[27]	\N	\N	\N
2798	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	27	[27]	\N	\N	\N
2803	count	11	10	12	1	0	0	6236	a	false	false	false	false	i	s	0	0	20	[]	\N	\N	\N
2818	regr_count	11	10	12	1	0	0	0	a	false	false	false	false	i	s	2	0	20	[701,701]	\N	\N	\N
2819	regr_sxx	11	10	12	1	0	0	0	a	false	false	false	false	i	s	2	0	701	[701,701]	\N	\N	\N
2820	regr_syy	11	10	12	1	0	0	0	a	false	false	false	false	i	s	2	0	701	[701,701]	\N	\N	\N
2821	regr_sxy	11	10	12	1	0	0	0	a	false	false	false	false	i	s	2	0	701	[701,701]	\N	\N	\N
2822	regr_avgx	11	10	12	1	0	0	0	a	false	false	false	false	i	s	2	0	701	[701,701]	\N	\N	\N
2823	regr_avgy	11	10	12	1	0	0	0	a	false	false	false	false	i	s	2	0	701	[701,701]	\N	\N	\N
2824	regr_r2	11	10	12	1	0	0	0	a	false	false	false	false	i	s	2	0	701	[701,701]	\N	\N	\N
2825	regr_slope	11	10	12	1	0	0	0	a	false	false	false	false	i	s	2	0	701	[701,701]	\N	\N	\N
2826	regr_intercept	11	10	12	1	0	0	0	a	false	false	false	false	i	s	2	0	701	[701,701]	\N	\N	\N
2827	covar_pop	11	10	12	1	0	0	0	a	false	false	false	false	i	s	2	0	701	[701,701]	\N	\N	\N
2828	covar_samp	11	10	12	1	0	0	0	a	false	false	false	false	i	s	2	0	701	[701,701]	\N	\N	\N
2829	corr	11	10	12	1	0	0	0	a	false	false	false	false	i	s	2	0	701	[701,701]	\N	\N	\N
2849	pg_current_wal_lsn	11	10	12	1	0	0	0	f	false	false	true	false	v	s	0	0	3220	[]	\N	\N	\N
2854	pg_my_temp_schema	11	10	12	1	0	0	0	f	false	false	true	false	s	r	0	0	26	[]	\N	\N	\N
2855	pg_is_other_temp_schema	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	16	[26]	\N	\N	\N
2856	pg_timezone_names	11	10	12	1	1000	0	0	f	false	false	true	true	s	s	0	0	2249	[]	[25,25,1186,16]	[o,o,o,o]	[name,abbrev,utc_offset,is_dst]
2878	pg_stat_get_live_tuples	11	10	12	1	0	0	0	f	false	false	true	false	s	r	1	0	20	[26]	\N	\N	\N
2879	pg_stat_get_dead_tuples	11	10	12	1	0	0	0	f	false	false	true	false	s	r	1	0	20	[26]	\N	\N	\N
2893	xml_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	142	[2275]	\N	\N	\N
2894	xml_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[142]	\N	\N	\N
2896	xml	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	142	[25]	\N	\N	\N
2898	xml_recv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	142	[2281]	\N	\N	\N
2899	xml_send	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[142]	\N	\N	\N
2902	varbittypmodin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1263]	\N	\N	\N
2903	intervaltypmodin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1263]	\N	\N	\N
2904	intervaltypmodout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[23]	\N	\N	\N
2905	timestamptypmodin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1263]	\N	\N	\N
2906	timestamptypmodout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[23]	\N	\N	\N
2907	timestamptztypmodin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1263]	\N	\N	\N
2908	timestamptztypmodout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[23]	\N	\N	\N
2909	timetypmodin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1263]	\N	\N	\N
2910	timetypmodout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[23]	\N	\N	\N
2911	timetztypmodin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1263]	\N	\N	\N
2912	timetztypmodout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[23]	\N	\N	\N
2913	bpchartypmodin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1263]	\N	\N	\N
2914	bpchartypmodout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[23]	\N	\N	\N
2915	varchartypmodin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1263]	\N	\N	\N
2916	varchartypmodout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[23]	\N	\N	\N
2917	numerictypmodin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1263]	\N	\N	\N
2918	numerictypmodout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[23]	\N	\N	\N
2919	bittypmodin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1263]	\N	\N	\N
2920	bittypmodout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[23]	\N	\N	\N
2921	varbittypmodout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[23]	\N	\N	\N
2939	txid_snapshot_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2970	[2275]	\N	\N	\N
2940	txid_snapshot_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[2970]	\N	\N	\N
2941	txid_snapshot_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2970	[2281]	\N	\N	\N
2942	txid_snapshot_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[2970]	\N	\N	\N
2943	txid_current	11	10	12	1	0	0	0	f	false	false	true	false	s	u	0	0	20	[]	\N	\N	\N
2952	uuid_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2950	[2275]	\N	\N	\N
2953	uuid_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[2950]	\N	\N	\N
2961	uuid_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2950	[2281]	\N	\N	\N
2962	uuid_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[2950]	\N	\N	\N
2971	text	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[16]	\N	\N	\N
2997	pg_table_size	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	20	[2205]	\N	\N	\N
2998	pg_indexes_size	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	20	[2205]	\N	\N	\N
2999	pg_relation_filenode	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	26	[2205]	\N	\N	\N
3	heap_tableam_handler	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	269	[2281]	\N	\N	\N
3000	has_foreign_data_wrapper_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,25,25]	\N	\N	\N
3001	has_foreign_data_wrapper_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,26,25]	\N	\N	\N
3002	has_foreign_data_wrapper_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,25,25]	\N	\N	\N
3003	has_foreign_data_wrapper_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,26,25]	\N	\N	\N
3004	has_foreign_data_wrapper_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[25,25]	\N	\N	\N
3005	has_foreign_data_wrapper_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[26,25]	\N	\N	\N
3006	has_server_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,25,25]	\N	\N	\N
3007	has_server_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,26,25]	\N	\N	\N
3008	has_server_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,25,25]	\N	\N	\N
3009	has_server_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,26,25]	\N	\N	\N
3010	has_server_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[25,25]	\N	\N	\N
3011	has_server_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[26,25]	\N	\N	\N
3012	has_column_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	4	0	16	[19,25,25,25]	\N	\N	\N
3013	has_column_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	4	0	16	[19,25,21,25]	\N	\N	\N
3014	has_column_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	4	0	16	[19,26,25,25]	\N	\N	\N
3015	has_column_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	4	0	16	[19,26,21,25]	\N	\N	\N
3016	has_column_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	4	0	16	[26,25,25,25]	\N	\N	\N
3017	has_column_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	4	0	16	[26,25,21,25]	\N	\N	\N
3018	has_column_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	4	0	16	[26,26,25,25]	\N	\N	\N
3019	has_column_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	4	0	16	[26,26,21,25]	\N	\N	\N
3020	has_column_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[25,25,25]	\N	\N	\N
3021	has_column_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[25,21,25]	\N	\N	\N
3022	has_column_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,25,25]	\N	\N	\N
3023	has_column_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,21,25]	\N	\N	\N
3024	has_any_column_privilege	11	10	12	10	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,25,25]	\N	\N	\N
3025	has_any_column_privilege	11	10	12	10	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,26,25]	\N	\N	\N
3026	has_any_column_privilege	11	10	12	10	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,25,25]	\N	\N	\N
3027	has_any_column_privilege	11	10	12	10	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,26,25]	\N	\N	\N
3028	has_any_column_privilege	11	10	12	10	0	0	0	f	false	false	true	false	s	s	2	0	16	[25,25]	\N	\N	\N
3029	has_any_column_privilege	11	10	12	10	0	0	0	f	false	false	true	false	s	s	2	0	16	[26,25]	\N	\N	\N
3030	overlay	11	10	12	1	0	0	0	f	false	false	true	false	i	s	4	0	1560	[1560,1560,23,23]	\N	\N	\N
3031	overlay	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1560	[1560,1560,23]	\N	\N	\N
3032	get_bit	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[1560,23]	\N	\N	\N
3033	set_bit	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1560	[1560,23,23]	\N	\N	\N
3034	pg_relation_filepath	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[2205]	\N	\N	\N
3035	pg_listening_channels	11	10	12	1	10	0	0	f	false	false	true	true	s	r	0	0	25	[]	\N	\N	\N
3058	concat	11	10	12	1	0	2276	0	f	false	false	false	false	s	s	1	0	25	[2276]	[2276]	[v]	\N
3059	concat_ws	11	10	12	1	0	2276	0	f	false	false	false	false	s	s	2	0	25	[25,2276]	[25,2276]	[i,v]	\N
3060	left	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	25	[25,23]	\N	\N	\N
3061	right	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	25	[25,23]	\N	\N	\N
3062	reverse	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[25]	\N	\N	\N
3073	pg_is_wal_replay_paused	11	10	12	1	0	0	0	f	false	false	true	false	v	s	0	0	16	[]	\N	\N	\N
3078	pg_sequence_parameters	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2249	[26]	[26,20,20,20,20,16,20,26]	[i,o,o,o,o,o,o,o]	[sequence_oid,start_value,minimum_value,maximum_value,increment,cycle_option,cache_size,data_type]
31	byteaout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[17]	\N	\N	\N
3100	row_number	11	10	12	1	0	0	6233	w	false	false	false	false	i	s	0	0	20	[]	\N	\N	\N
3101	rank	11	10	12	1	0	0	6234	w	false	false	false	false	i	s	0	0	20	[]	\N	\N	\N
3102	dense_rank	11	10	12	1	0	0	6235	w	false	false	false	false	i	s	0	0	20	[]	\N	\N	\N
3103	percent_rank	11	10	12	1	0	0	6306	w	false	false	false	false	i	s	0	0	701	[]	\N	\N	\N
3104	cume_dist	11	10	12	1	0	0	6307	w	false	false	false	false	i	s	0	0	701	[]	\N	\N	\N
3105	ntile	11	10	12	1	0	0	6308	w	false	false	true	false	i	s	1	0	23	[23]	\N	\N	\N
3106	lag	11	10	12	1	0	0	0	w	false	false	true	false	i	s	1	0	2283	[2283]	\N	\N	\N
3107	lag	11	10	12	1	0	0	0	w	false	false	true	false	i	s	2	0	2283	[2283,23]	\N	\N	\N
3108	lag	11	10	12	1	0	0	0	w	false	false	true	false	i	s	3	0	5077	[5077,23,5077]	\N	\N	\N
3109	lead	11	10	12	1	0	0	0	w	false	false	true	false	i	s	1	0	2283	[2283]	\N	\N	\N
311	float8	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	701	[700]	\N	\N	\N
3110	lead	11	10	12	1	0	0	0	w	false	false	true	false	i	s	2	0	2283	[2283,23]	\N	\N	\N
3111	lead	11	10	12	1	0	0	0	w	false	false	true	false	i	s	3	0	5077	[5077,23,5077]	\N	\N	\N
3112	first_value	11	10	12	1	0	0	0	w	false	false	true	false	i	s	1	0	2283	[2283]	\N	\N	\N
3113	last_value	11	10	12	1	0	0	0	w	false	false	true	false	i	s	1	0	2283	[2283]	\N	\N	\N
3114	nth_value	11	10	12	1	0	0	0	w	false	false	true	false	i	s	2	0	2283	[2283,23]	\N	\N	\N
3116	fdw_handler_in	11	10	12	1	0	0	0	f	false	false	false	false	i	s	1	0	3115	[2275]	\N	\N	\N
3117	fdw_handler_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[3115]	\N	\N	\N
312	float4	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	700	[701]	\N	\N	\N
3120	void_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2278	[2281]	\N	\N	\N
3121	void_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[2278]	\N	\N	\N
313	int4	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	23	[21]	\N	\N	\N
3138	has_type_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,25,25]	\N	\N	\N
3139	has_type_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,26,25]	\N	\N	\N
314	int2	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	21	[23]	\N	\N	\N
3140	has_type_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,25,25]	\N	\N	\N
3141	has_type_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,26,25]	\N	\N	\N
3142	has_type_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[25,25]	\N	\N	\N
3143	has_type_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[26,25]	\N	\N	\N
315	pg_jit_available	11	10	12	1	0	0	0	f	false	false	true	false	v	s	0	0	16	[]	\N	\N	\N
3153	array_to_json	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	114	[2277]	\N	\N	\N
3154	array_to_json	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	114	[2277,16]	\N	\N	\N
3155	row_to_json	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	114	[2249]	\N	\N	\N
3156	row_to_json	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	114	[2249,16]	\N	\N	\N
3159	pg_get_viewdef	11	10	12	1	0	0	0	f	false	false	true	false	s	r	2	0	25	[26,23]	\N	\N	\N
316	float8	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	701	[23]	\N	\N	\N
3163	pg_trigger_depth	11	10	12	1	0	0	0	f	false	false	true	false	s	r	0	0	23	[]	\N	\N	\N
3166	pg_size_pretty	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[1700]	\N	\N	\N
3167	array_remove	11	10	12	1	0	0	0	f	false	false	false	false	i	s	2	0	5078	[5078,5077]	\N	\N	\N
3168	array_replace	11	10	12	1	0	0	0	f	false	false	false	false	i	s	3	0	5078	[5078,5077,5077]	\N	\N	\N
317	int4	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[701]	\N	\N	\N
3175	json_agg	11	10	12	1	0	0	0	a	false	false	false	false	s	s	1	0	114	[2283]	\N	\N	\N
3176	to_json	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	114	[2283]	\N	\N	\N
3179	cardinality	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[2277]	\N	\N	\N
318	float4	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	700	[23]	\N	\N	\N
319	int4	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[700]	\N	\N	\N
3197	json_object_agg	11	10	12	1	0	0	0	a	false	false	false	false	s	s	2	0	114	[2276,2276]	\N	\N	[key,value]
3198	json_build_array	11	10	12	1	0	2276	0	f	false	false	false	false	s	s	1	0	114	[2276]	[2276]	[v]	\N
3199	json_build_array	11	10	12	1	0	0	0	f	false	false	false	false	s	s	0	0	114	[]	\N	\N	\N
320	width_bucket	11	10	12	1	0	0	0	f	false	false	true	false	i	s	4	0	23	[701,701,701,23]	\N	\N	\N
3200	json_build_object	11	10	12	1	0	2276	0	f	false	false	false	false	s	s	1	0	114	[2276]	[2276]	[v]	\N
3201	json_build_object	11	10	12	1	0	0	0	f	false	false	false	false	s	s	0	0	114	[]	\N	\N	\N
3202	json_object	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	114	[1009]	\N	\N	\N
3203	json_object	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	114	[1009,1009]	\N	\N	\N
3207	jsonb_array_length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[3802]	\N	\N	\N
321	json_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	114	[2275]	\N	\N	\N
3210	jsonb_typeof	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[3802]	\N	\N	\N
3217	jsonb_extract_path	11	10	12	1	0	25	0	f	false	false	true	false	i	s	2	0	3802	[3802,1009]	[3802,1009]	[i,v]	[from_json,path_elems]
3218	width_bucket	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[5077,5078]	\N	\N	\N
3219	jsonb_array_elements	11	10	12	1	100	0	0	f	false	false	true	true	i	s	1	0	3802	[3802]	[3802,3802]	[i,o]	[from_json,value]
322	json_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[114]	\N	\N	\N
3229	pg_lsn_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	3220	[2275]	\N	\N	\N
323	json_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	114	[2281]	\N	\N	\N
3230	pg_lsn_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[3220]	\N	\N	\N
3238	pg_lsn_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	3220	[2281]	\N	\N	\N
3239	pg_lsn_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[3220]	\N	\N	\N
324	json_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[114]	\N	\N	\N
3259	generate_series	11	10	12	1	1000	0	6357	f	false	false	true	true	i	s	3	0	1700	[1700,1700,1700]	\N	\N	\N
326	index_am_handler_in	11	10	12	1	0	0	0	f	false	false	false	false	i	s	1	0	325	[2275]	\N	\N	\N
3260	generate_series	11	10	12	1	1000	0	6357	f	false	false	true	true	i	s	2	0	1700	[1700,1700]	\N	\N	\N
3261	json_strip_nulls	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	1	114	[114,16]	\N	\N	[target,strip_in_arrays]
3262	jsonb_strip_nulls	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	1	3802	[3802,16]	\N	\N	[target,strip_in_arrays]
3267	jsonb_agg	11	10	12	1	0	0	0	a	false	false	false	false	s	s	1	0	3802	[2283]	\N	\N	\N
327	index_am_handler_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[325]	\N	\N	\N
3270	jsonb_object_agg	11	10	12	1	0	0	0	a	false	false	false	false	i	s	2	0	3802	[2276,2276]	\N	\N	[key,value]
3271	jsonb_build_array	11	10	12	1	0	2276	0	f	false	false	false	false	s	s	1	0	3802	[2276]	[2276]	[v]	\N
3272	jsonb_build_array	11	10	12	1	0	0	0	f	false	false	false	false	s	s	0	0	3802	[]	\N	\N	\N
3273	jsonb_build_object	11	10	12	1	0	2276	0	f	false	false	false	false	s	s	1	0	3802	[2276]	[2276]	[v]	\N
3274	jsonb_build_object	11	10	12	1	0	0	0	f	false	false	false	false	s	s	0	0	3802	[]	\N	\N	\N
3277	array_position	11	10	12	1	0	0	0	f	false	false	false	false	i	s	2	0	23	[5078,5077]	\N	\N	\N
3278	array_position	11	10	12	1	0	0	0	f	false	false	false	false	i	s	3	0	23	[5078,5077,23]	\N	\N	\N
3279	array_positions	11	10	12	1	0	0	0	f	false	false	false	false	i	s	2	0	1007	[5078,5077]	\N	\N	\N
3281	scale	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1700]	\N	\N	\N
3294	current_setting	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[25,16]	\N	\N	\N
3296	pg_notification_queue_usage	11	10	12	1	0	0	0	f	false	false	true	false	v	r	0	0	701	[]	\N	\N	\N
3298	row_security_active	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	16	[26]	\N	\N	\N
3299	row_security_active	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	16	[25]	\N	\N	\N
33	charout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[18]	\N	\N	\N
330	bthandler	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	325	[2281]	\N	\N	\N
3306	jsonb_pretty	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[3802]	\N	\N	\N
331	hashhandler	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	325	[2281]	\N	\N	\N
3311	tsm_handler_in	11	10	12	1	0	0	0	f	false	false	false	false	i	s	1	0	3310	[2275]	\N	\N	\N
3312	tsm_handler_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[3310]	\N	\N	\N
332	gisthandler	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	325	[2281]	\N	\N	\N
3322	unnest	11	10	12	1	10	0	0	f	false	false	true	true	i	s	1	0	2249	[3614]	[3614,25,1005,1009]	[i,o,o,o]	[tsvector,lexeme,positions,weights]
333	ginhandler	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	325	[2281]	\N	\N	\N
3334	pg_size_bytes	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	20	[25]	\N	\N	\N
334	spghandler	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	325	[2281]	\N	\N	\N
335	brinhandler	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	325	[2281]	\N	\N	\N
3352	pg_get_partkeydef	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[26]	\N	\N	\N
3355	pg_ndistinct_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	3361	[2275]	\N	\N	\N
3356	pg_ndistinct_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[3361]	\N	\N	\N
3357	pg_ndistinct_recv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	3361	[2281]	\N	\N	\N
3358	pg_ndistinct_send	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[3361]	\N	\N	\N
3376	pg_safe_snapshot_blocking_pids	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	1007	[23]	\N	\N	\N
3396	regexp_match	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1009	[25,25]	\N	\N	[string,pattern]
3397	regexp_match	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1009	[25,25,25]	\N	\N	[string,pattern,flags]
34	namein	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	19	[2275]	\N	\N	\N
3403	pg_statistics_obj_is_visible	11	10	12	10	0	0	0	f	false	false	true	false	s	s	1	0	16	[26]	\N	\N	\N
3404	pg_dependencies_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	3402	[2275]	\N	\N	\N
3405	pg_dependencies_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[3402]	\N	\N	\N
3406	pg_dependencies_recv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	3402	[2281]	\N	\N	\N
3407	pg_dependencies_send	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[3402]	\N	\N	\N
3408	pg_get_partition_constraintdef	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[26]	\N	\N	\N
3415	pg_get_statisticsobjdef	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[26]	\N	\N	\N
3419	sha224	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	17	[17]	\N	\N	\N
3420	sha256	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	17	[17]	\N	\N	\N
3421	sha384	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	17	[17]	\N	\N	\N
3422	sha512	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	17	[17]	\N	\N	\N
3423	pg_partition_tree	11	10	12	1	1000	0	0	f	false	false	true	true	v	s	1	0	2249	[2205]	[2205,2205,2205,16,23]	[i,o,o,o,o]	[rootrelid,relid,parentrelid,isleaf,level]
3424	pg_partition_root	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2205	[2205]	\N	\N	\N
3425	pg_partition_ancestors	11	10	12	1	10	0	0	f	false	false	true	true	v	s	1	0	2205	[2205]	[2205,2205]	[i,o]	[partitionid,relid]
3432	gen_random_uuid	11	10	12	1	0	0	0	f	false	false	true	false	v	s	0	0	2950	[]	\N	\N	\N
3446	macaddr8_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	774	[2281]	\N	\N	\N
3447	macaddr8_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[774]	\N	\N	\N
3448	pg_collation_actual_version	11	10	12	100	0	0	0	f	false	false	true	false	v	s	1	0	25	[26]	\N	\N	\N
3449	numeric	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1700	[3802]	\N	\N	\N
3450	int2	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	21	[3802]	\N	\N	\N
3451	int4	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[3802]	\N	\N	\N
3452	int8	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	20	[3802]	\N	\N	\N
3453	float4	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	700	[3802]	\N	\N	\N
3454	pg_filenode_relation	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	2205	[26,26]	\N	\N	\N
3461	make_timestamp	11	10	12	1	0	0	0	f	false	false	true	false	i	s	6	0	1114	[23,23,23,23,23,701]	\N	\N	[year,month,mday,hour,min,sec]
3462	make_timestamptz	11	10	12	1	0	0	0	f	false	false	true	false	s	s	6	0	1184	[23,23,23,23,23,701]	\N	\N	[year,month,mday,hour,min,sec]
3463	make_timestamptz	11	10	12	1	0	0	0	f	false	false	true	false	s	s	7	0	1184	[23,23,23,23,23,701,25]	\N	\N	[year,month,mday,hour,min,sec,timezone]
3464	make_interval	11	10	12	1	0	0	0	f	false	false	true	false	i	s	7	7	1186	[23,23,23,23,23,23,701]	\N	\N	[years,months,weeks,days,hours,mins,secs]
3465	jsonb_array_elements_text	11	10	12	1	100	0	0	f	false	false	true	true	i	s	1	0	25	[3802]	[3802,25]	[i,o]	[from_json,value]
347	poly_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	604	[2275]	\N	\N	\N
3476	to_regoperator	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2204	[25]	\N	\N	\N
3479	to_regprocedure	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2202	[25]	\N	\N	\N
348	poly_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[604]	\N	\N	\N
3492	to_regoper	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2203	[25]	\N	\N	\N
3493	to_regtype	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2206	[25]	\N	\N	\N
3494	to_regproc	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	24	[25]	\N	\N	\N
3495	to_regclass	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2205	[25]	\N	\N	\N
35	nameout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[19]	\N	\N	\N
3504	anyenum_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	3500	[2275]	\N	\N	\N
3505	anyenum_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[3500]	\N	\N	\N
3526	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	3500	[3500]	\N	\N	\N
3527	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	3500	[3500]	\N	\N	\N
3528	enum_first	11	10	12	1	0	0	0	f	false	false	false	false	s	s	1	0	3500	[3500]	\N	\N	\N
3529	enum_last	11	10	12	1	0	0	0	f	false	false	false	false	s	s	1	0	3500	[3500]	\N	\N	\N
3530	enum_range	11	10	12	1	0	0	0	f	false	false	false	false	s	s	2	0	2277	[3500,3500]	\N	\N	\N
3531	enum_range	11	10	12	1	0	0	0	f	false	false	false	false	s	s	1	0	2277	[3500]	\N	\N	\N
3532	enum_recv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	3500	[2281,26]	\N	\N	\N
3537	pg_describe_object	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	25	[26,26,23]	\N	\N	\N
3538	string_agg	11	10	12	1	0	0	0	a	false	false	false	false	i	s	2	0	25	[25,25]	\N	\N	[value,delimiter]
3539	format	11	10	12	1	0	2276	0	f	false	false	false	false	s	s	2	0	25	[25,2276]	[25,2276]	[i,v]	\N
3540	format	11	10	12	1	0	0	0	f	false	false	false	false	s	s	1	0	25	[25]	\N	\N	\N
3545	string_agg	11	10	12	1	0	0	0	a	false	false	false	false	i	s	2	0	17	[17,17]	\N	\N	[value,delimiter]
3556	bool	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	16	[3802]	\N	\N	\N
3564	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	869	[869]	\N	\N	\N
3565	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	869	[869]	\N	\N	\N
3594	event_trigger_in	11	10	12	1	0	0	0	f	false	false	false	false	i	s	1	0	3838	[2275]	\N	\N	\N
3595	event_trigger_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[3838]	\N	\N	\N
3610	tsvectorin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	3614	[2275]	\N	\N	\N
3611	tsvectorout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[3614]	\N	\N	\N
3612	tsqueryin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	3615	[2275]	\N	\N	\N
3613	tsqueryout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[3615]	\N	\N	\N
3638	tsvectorsend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[3614]	\N	\N	\N
3639	tsvectorrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	3614	[2281]	\N	\N	\N
3640	tsquerysend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[3615]	\N	\N	\N
3641	tsqueryrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	3615	[2281]	\N	\N	\N
3646	gtsvectorin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	3642	[2275]	\N	\N	\N
3647	gtsvectorout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[3642]	\N	\N	\N
3696	starts_with	11	10	12	1	0	0	6242	f	false	true	true	false	i	s	2	0	16	[25,25]	\N	\N	\N
3711	length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[3614]	\N	\N	\N
3736	regconfigin	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	3734	[2275]	\N	\N	\N
3737	regconfigout	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[3734]	\N	\N	\N
3738	regconfigrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	3734	[2281]	\N	\N	\N
3739	regconfigsend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[3734]	\N	\N	\N
3756	pg_ts_parser_is_visible	11	10	12	10	0	0	0	f	false	false	true	false	s	s	1	0	16	[26]	\N	\N	\N
3757	pg_ts_dict_is_visible	11	10	12	10	0	0	0	f	false	false	true	false	s	s	1	0	16	[26]	\N	\N	\N
3758	pg_ts_config_is_visible	11	10	12	10	0	0	0	f	false	false	true	false	s	s	1	0	16	[26]	\N	\N	\N
376	string_to_array	11	10	12	1	0	0	0	f	false	false	false	false	i	s	3	0	1009	[25,25,25]	\N	\N	\N
3768	pg_ts_template_is_visible	11	10	12	10	0	0	0	f	false	false	true	false	s	s	1	0	16	[26]	\N	\N	\N
3771	regdictionaryin	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	3769	[2275]	\N	\N	\N
3772	regdictionaryout	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[3769]	\N	\N	\N
3773	regdictionaryrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	3769	[2281]	\N	\N	\N
3774	regdictionarysend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[3769]	\N	\N	\N
3778	pg_tablespace_location	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[26]	\N	\N	\N
378	array_append	11	10	12	1	0	0	6378	f	false	false	false	false	i	s	2	0	5078	[5078,5077]	\N	\N	\N
3787	to_jsonb	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	3802	[2283]	\N	\N	\N
379	array_prepend	11	10	12	1	0	0	6379	f	false	false	false	false	i	s	2	0	5078	[5077,5078]	\N	\N	\N
38	int2in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	21	[2275]	\N	\N	\N
3803	jsonb_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[3802]	\N	\N	\N
3804	jsonb_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[3802]	\N	\N	\N
3805	jsonb_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	3802	[2281]	\N	\N	\N
3806	jsonb_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	3802	[2275]	\N	\N	\N
3808	pg_get_function_arg_default	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[26,23]	\N	\N	\N
3810	pg_is_in_recovery	11	10	12	1	0	0	0	f	false	false	true	false	v	s	0	0	16	[]	\N	\N	\N
3811	money	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	790	[23]	\N	\N	\N
3812	money	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	790	[20]	\N	\N	\N
3815	pg_collation_is_visible	11	10	12	10	0	0	0	f	false	false	true	false	s	s	1	0	16	[26]	\N	\N	\N
3820	pg_last_wal_receive_lsn	11	10	12	1	0	0	0	f	false	false	true	false	v	s	0	0	3220	[]	\N	\N	\N
3821	pg_last_wal_replay_lsn	11	10	12	1	0	0	0	f	false	false	true	false	v	s	0	0	3220	[]	\N	\N	\N
3823	numeric	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	1700	[790]	\N	\N	\N
3824	money	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	790	[1700]	\N	\N	\N
3829	pg_opfamily_is_visible	11	10	12	10	0	0	0	f	false	false	true	false	s	s	1	0	16	[26]	\N	\N	\N
383	array_cat	11	10	12	1	0	0	0	f	false	false	false	false	i	s	2	0	5078	[5078,5078]	\N	\N	\N
3830	pg_last_xact_replay_timestamp	11	10	12	1	0	0	0	f	false	false	true	false	v	s	0	0	1184	[]	\N	\N	\N
3832	anyrange_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	3831	[2275,26,23]	\N	\N	\N
3833	anyrange_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[3831]	\N	\N	\N
3834	range_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	3831	[2275,26,23]	\N	\N	\N
3835	range_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[3831]	\N	\N	\N
3836	range_recv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	3831	[2281,26,23]	\N	\N	\N
3837	range_send	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[3831]	\N	\N	\N
384	array_to_string	11	10	12	1	0	0	0	f	false	false	false	false	s	s	3	0	25	[2277,25,25]	\N	\N	\N
3842	pg_relation_is_updatable	11	10	12	10	0	0	0	f	false	false	true	false	s	s	2	0	23	[2205,16]	\N	\N	\N
3843	pg_column_is_updatable	11	10	12	10	0	0	0	f	false	false	true	false	s	s	3	0	16	[2205,21,16]	\N	\N	\N
3846	make_date	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1082	[23,23,23]	\N	\N	[year,month,day]
3847	make_time	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1083	[23,23,701]	\N	\N	[hour,min,sec]
3848	lower	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2283	[3831]	\N	\N	\N
3849	upper	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2283	[3831]	\N	\N	\N
39	int2out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[21]	\N	\N	\N
3931	jsonb_object_keys	11	10	12	1	100	0	0	f	false	false	true	true	i	s	1	0	25	[3802]	\N	\N	\N
394	string_to_array	11	10	12	1	0	0	0	f	false	false	false	false	i	s	2	0	1009	[25,25]	\N	\N	\N
3940	jsonb_extract_path_text	11	10	12	1	0	25	0	f	false	false	true	false	i	s	2	0	25	[3802,1009]	[3802,1009]	[i,v]	[from_json,path_elems]
3943	acldefault	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1034	[18,26]	\N	\N	\N
395	array_to_string	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	25	[2277,25]	\N	\N	\N
3951	json_extract_path	11	10	12	1	0	25	0	f	false	false	true	false	i	s	2	0	114	[114,1009]	[114,1009]	[i,v]	[from_json,path_elems]
3953	json_extract_path_text	11	10	12	1	0	25	0	f	false	false	true	false	i	s	2	0	25	[114,1009]	[114,1009]	[i,v]	[from_json,path_elems]
3955	json_array_elements	11	10	12	1	100	0	0	f	false	false	true	true	i	s	1	0	114	[114]	[114,114]	[i,o]	[from_json,value]
3956	json_array_length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[114]	\N	\N	\N
3957	json_object_keys	11	10	12	1	100	0	0	f	false	false	true	true	i	s	1	0	25	[114]	\N	\N	\N
3958	json_each	11	10	12	1	100	0	0	f	false	false	true	true	i	s	1	0	2249	[114]	[114,25,114]	[i,o,o]	[from_json,key,value]
3968	json_typeof	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[114]	\N	\N	\N
3969	json_array_elements_text	11	10	12	1	100	0	0	f	false	false	true	true	i	s	1	0	25	[114]	[114,25]	[i,o]	[from_json,value]
3984	mode	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	2283	[2283]	\N	\N	\N
3986	rank	11	10	12	1	0	2276	0	a	false	false	false	false	i	s	1	0	20	[2276]	[2276]	[v]	\N
3988	percent_rank	11	10	12	1	0	2276	0	a	false	false	false	false	i	s	1	0	701	[2276]	[2276]	[v]	\N
3990	cume_dist	11	10	12	1	0	2276	0	a	false	false	false	false	i	s	1	0	701	[2276]	[2276]	[v]	\N
3992	dense_rank	11	10	12	1	0	2276	0	a	false	false	false	false	i	s	1	0	20	[2276]	[2276]	[v]	\N
40	int2vectorin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	22	[2275]	\N	\N	\N
4001	jsonpath_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	4072	[2275]	\N	\N	\N
4002	jsonpath_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	4072	[2281]	\N	\N	\N
4003	jsonpath_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[4072]	\N	\N	\N
4004	jsonpath_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[4072]	\N	\N	\N
401	text	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[1042]	\N	\N	\N
4032	pg_sequence_last_value	11	10	12	1	0	0	0	f	false	false	true	false	v	u	1	0	20	[2205]	\N	\N	\N
4053	array_agg	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	2277	[2277]	\N	\N	\N
406	text	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	25	[19]	\N	\N	\N
407	name	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	19	[25]	\N	\N	\N
408	bpchar	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1042	[19]	\N	\N	\N
4084	regnamespacein	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	4089	[2275]	\N	\N	\N
4085	regnamespaceout	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[4089]	\N	\N	\N
4086	to_regnamespace	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	4089	[25]	\N	\N	\N
4087	regnamespacerecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	4089	[2281]	\N	\N	\N
4088	regnamespacesend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[4089]	\N	\N	\N
409	name	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	19	[1042]	\N	\N	\N
4091	box	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	603	[600]	\N	\N	\N
4092	regroleout	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[4096]	\N	\N	\N
4093	to_regrole	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	4096	[25]	\N	\N	\N
4094	regrolerecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	4096	[2281]	\N	\N	\N
4095	regrolesend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[4096]	\N	\N	\N
4098	regrolein	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	4096	[2275]	\N	\N	\N
41	int2vectorout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[22]	\N	\N	\N
4110	macaddr8_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	774	[2275]	\N	\N	\N
4111	macaddr8_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[774]	\N	\N	\N
4112	trunc	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	774	[774]	\N	\N	\N
4123	macaddr8	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	774	[829]	\N	\N	\N
4124	macaddr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	829	[774]	\N	\N	\N
4189	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	3220	[3220]	\N	\N	\N
4190	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	3220	[3220]	\N	\N	\N
4193	regcollationin	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	4191	[2275]	\N	\N	\N
4194	regcollationout	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[4191]	\N	\N	\N
4195	to_regcollation	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	4191	[25]	\N	\N	\N
4196	regcollationrecv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	4191	[2281]	\N	\N	\N
4197	regcollationsend	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[4191]	\N	\N	\N
42	int4in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[2275]	\N	\N	\N
4226	anycompatiblemultirange_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	4538	[2275,26,23]	\N	\N	\N
4227	anycompatiblemultirange_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[4538]	\N	\N	\N
4229	anymultirange_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	4537	[2275,26,23]	\N	\N	\N
4230	anymultirange_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[4537]	\N	\N	\N
4231	multirange_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	4537	[2275,26,23]	\N	\N	\N
4232	multirange_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[4537]	\N	\N	\N
4233	multirange_recv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	4537	[2281,26,23]	\N	\N	\N
4234	multirange_send	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[4537]	\N	\N	\N
4235	lower	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2283	[4537]	\N	\N	\N
4236	upper	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2283	[4537]	\N	\N	\N
4281	int4multirange	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	4451	[3904]	\N	\N	\N
4284	nummultirange	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	4532	[3906]	\N	\N	\N
4287	tsmultirange	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	4533	[3908]	\N	\N	\N
4290	tstzmultirange	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	4534	[3910]	\N	\N	\N
4293	datemultirange	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	4535	[3912]	\N	\N	\N
4296	int8multirange	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	4536	[3926]	\N	\N	\N
43	int4out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[23]	\N	\N	\N
436	macaddr_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	829	[2275]	\N	\N	\N
437	macaddr_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[829]	\N	\N	\N
438	num_nulls	11	10	12	1	0	2276	0	f	false	false	false	false	i	s	1	0	23	[2276]	[2276]	[v]	\N
44	regprocin	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	24	[2275]	\N	\N	\N
440	num_nonnulls	11	10	12	1	0	2276	0	f	false	false	false	false	i	s	1	0	23	[2276]	[2276]	[v]	\N
45	regprocout	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[24]	\N	\N	\N
4596	brin_bloom_summary_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	4600	[2275]	\N	\N	\N
4597	brin_bloom_summary_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[4600]	\N	\N	\N
4598	brin_bloom_summary_recv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	4600	[2281]	\N	\N	\N
4599	brin_bloom_summary_send	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[4600]	\N	\N	\N
46	textin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[2275]	\N	\N	\N
460	int8in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	20	[2275]	\N	\N	\N
461	int8out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[20]	\N	\N	\N
4638	brin_minmax_multi_summary_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	4601	[2275]	\N	\N	\N
4639	brin_minmax_multi_summary_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[4601]	\N	\N	\N
4640	brin_minmax_multi_summary_recv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	4601	[2281]	\N	\N	\N
4641	brin_minmax_multi_summary_send	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[4601]	\N	\N	\N
47	textout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[25]	\N	\N	\N
48	tidin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	27	[2275]	\N	\N	\N
480	int4	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[20]	\N	\N	\N
481	int8	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	20	[23]	\N	\N	\N
482	float8	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	701	[20]	\N	\N	\N
483	int8	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	20	[701]	\N	\N	\N
49	tidout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[27]	\N	\N	\N
50	xidin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	28	[2275]	\N	\N	\N
5018	pg_mcv_list_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	5017	[2275]	\N	\N	\N
5019	pg_mcv_list_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[5017]	\N	\N	\N
5020	pg_mcv_list_recv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	5017	[2281]	\N	\N	\N
5021	pg_mcv_list_send	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[5017]	\N	\N	\N
5042	min_scale	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[1700]	\N	\N	\N
5043	trim_scale	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1700	[1700]	\N	\N	\N
5044	gcd	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[23,23]	\N	\N	\N
5045	gcd	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	20	[20,20]	\N	\N	\N
5046	lcm	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[23,23]	\N	\N	\N
5047	lcm	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	20	[20,20]	\N	\N	\N
5048	gcd	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1700	[1700,1700]	\N	\N	\N
5049	lcm	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	1700	[1700,1700]	\N	\N	\N
5055	pg_snapshot_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	5038	[2275]	\N	\N	\N
5056	pg_snapshot_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[5038]	\N	\N	\N
5057	pg_snapshot_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	5038	[2281]	\N	\N	\N
5058	pg_snapshot_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[5038]	\N	\N	\N
5070	xid8in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	5069	[2275]	\N	\N	\N
5071	xid	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	28	[5069]	\N	\N	\N
5081	xid8out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[5069]	\N	\N	\N
5082	xid8recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	5069	[2281]	\N	\N	\N
5083	xid8send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[5069]	\N	\N	\N
5086	anycompatible_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	5077	[2275]	\N	\N	\N
5087	anycompatible_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[5077]	\N	\N	\N
5088	anycompatiblearray_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	5078	[2275]	\N	\N	\N
5089	anycompatiblearray_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[5078]	\N	\N	\N
5090	anycompatiblearray_recv	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	5078	[2281]	\N	\N	\N
5091	anycompatiblearray_send	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	17	[5078]	\N	\N	\N
5092	anycompatiblenonarray_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	5079	[2275]	\N	\N	\N
5093	anycompatiblenonarray_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[5079]	\N	\N	\N
5094	anycompatiblerange_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	5080	[2275,26,23]	\N	\N	\N
5095	anycompatiblerange_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[5080]	\N	\N	\N
5099	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	5069	[5069]	\N	\N	\N
51	xidout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[28]	\N	\N	\N
5100	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	5069	[5069]	\N	\N	\N
52	cidin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	29	[2275]	\N	\N	\N
53	cidout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[29]	\N	\N	\N
54	oidvectorin	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	30	[2275]	\N	\N	\N
55	oidvectorout	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[30]	\N	\N	\N
6119	pg_get_publication_tables	11	10	12	1	1000	25	0	f	false	false	true	true	s	s	1	0	2249	[1009]	[1009,26,26,22,194]	[v,o,o,o,o]	[pubname,pubid,relid,attrs,qual]
6121	pg_relation_is_publishable	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	16	[2205]	\N	\N	\N
6160	string_to_table	11	10	12	1	1000	0	0	f	false	false	false	true	i	s	2	0	25	[25,25]	\N	\N	\N
6161	string_to_table	11	10	12	1	1000	0	0	f	false	false	false	true	i	s	3	0	25	[25,25,25]	\N	\N	\N
6162	bit_count	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	20	[1560]	\N	\N	\N
6163	bit_count	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	20	[17]	\N	\N	\N
6164	bit_xor	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	21	[21]	\N	\N	\N
6165	bit_xor	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	23	[23]	\N	\N	\N
6166	bit_xor	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	20	[20]	\N	\N	\N
6167	bit_xor	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	1560	[1560]	\N	\N	\N
6172	trim_array	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	2277	[2277,23]	\N	\N	\N
6173	pg_get_statisticsobjdef_expressions	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	1009	[26]	\N	\N	\N
6174	pg_get_statisticsobjdef_columns	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[26]	\N	\N	\N
6195	ltrim	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	17	[17,17]	\N	\N	\N
6196	rtrim	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	17	[17,17]	\N	\N	\N
6197	pg_get_function_sqlbody	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	25	[26]	\N	\N	\N
6205	has_parameter_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,25,25]	\N	\N	\N
6206	has_parameter_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,25,25]	\N	\N	\N
6207	has_parameter_privilege	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[25,25]	\N	\N	\N
6212	random_normal	11	10	12	1	0	0	0	f	false	false	true	false	v	r	2	2	701	[701,701]	\N	\N	[mean,stddev]
6221	date_add	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	1184	[1184,1186]	\N	\N	\N
6222	date_add	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1184	[1184,1186,25]	\N	\N	\N
6251	regexp_replace	11	10	12	1	0	0	0	f	false	false	true	false	i	s	6	0	25	[25,25,25,23,23,25]	\N	\N	[string,pattern,replacement,start,N,flags]
6252	regexp_replace	11	10	12	1	0	0	0	f	false	false	true	false	i	s	5	0	25	[25,25,25,23,23]	\N	\N	[string,pattern,replacement,start,N]
6253	regexp_replace	11	10	12	1	0	0	0	f	false	false	true	false	i	s	4	0	25	[25,25,25,23]	\N	\N	[string,pattern,replacement,start]
6254	regexp_count	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[25,25]	\N	\N	[string,pattern]
6255	regexp_count	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	23	[25,25,23]	\N	\N	[string,pattern,start]
6256	regexp_count	11	10	12	1	0	0	0	f	false	false	true	false	i	s	4	0	23	[25,25,23,25]	\N	\N	[string,pattern,start,flags]
6257	regexp_instr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[25,25]	\N	\N	[string,pattern]
6258	regexp_instr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	23	[25,25,23]	\N	\N	[string,pattern,start]
6259	regexp_instr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	4	0	23	[25,25,23,23]	\N	\N	[string,pattern,start,N]
6260	regexp_instr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	5	0	23	[25,25,23,23,23]	\N	\N	[string,pattern,start,N,endoption]
6261	regexp_instr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	6	0	23	[25,25,23,23,23,25]	\N	\N	[string,pattern,start,N,endoption,flags]
6262	regexp_instr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	7	0	23	[25,25,23,23,23,25,23]	\N	\N	[string,pattern,start,N,endoption,flags,subexpr]
6263	regexp_like	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	16	[25,25]	\N	\N	[string,pattern]
6264	regexp_like	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	16	[25,25,25]	\N	\N	[string,pattern,flags]
6265	regexp_substr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	25	[25,25]	\N	\N	[string,pattern]
6266	regexp_substr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	25	[25,25,23]	\N	\N	[string,pattern,start]
6267	regexp_substr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	4	0	25	[25,25,23,23]	\N	\N	[string,pattern,start,N]
6268	regexp_substr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	5	0	25	[25,25,23,23,25]	\N	\N	[string,pattern,start,N,flags]
6269	regexp_substr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	6	0	25	[25,25,23,23,25,23]	\N	\N	[string,pattern,start,N,flags,subexpr]
6274	generate_series	11	10	12	1	1000	0	6354	f	false	false	true	true	i	s	4	0	1184	[1184,1184,1186,25]	\N	\N	\N
6291	any_value	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	2283	[2283]	\N	\N	\N
6334	timezone	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	1114	[1184]	\N	\N	\N
6335	timezone	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	1184	[1114]	\N	\N	\N
6336	timezone	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	1266	[1266]	\N	\N	\N
6339	random	11	10	12	1	0	0	0	f	false	false	true	false	v	r	2	0	23	[23,23]	\N	\N	[min,max]
6340	random	11	10	12	1	0	0	0	f	false	false	true	false	v	r	2	0	20	[20,20]	\N	\N	[min,max]
6341	random	11	10	12	1	0	0	0	f	false	false	true	false	v	r	2	0	1700	[1700,1700]	\N	\N	[min,max]
6342	uuid_extract_timestamp	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	1184	[2950]	\N	\N	\N
6343	uuid_extract_version	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	21	[2950]	\N	\N	\N
6348	has_largeobject_privilege	11	10	12	10	0	0	0	f	false	false	true	false	s	s	3	0	16	[19,26,25]	\N	\N	\N
6349	has_largeobject_privilege	11	10	12	10	0	0	0	f	false	false	true	false	s	s	2	0	16	[26,25]	\N	\N	\N
6350	has_largeobject_privilege	11	10	12	10	0	0	0	f	false	false	true	false	s	s	3	0	16	[26,26,25]	\N	\N	\N
636	pg_indexam_has_property	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[26,25]	\N	\N	\N
6367	bytea	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	17	[21]	\N	\N	\N
6368	bytea	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	17	[23]	\N	\N	\N
6369	bytea	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	17	[20]	\N	\N	\N
637	pg_index_has_property	11	10	12	1	0	0	0	f	false	false	true	false	s	s	2	0	16	[2205,25]	\N	\N	\N
6370	int2	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	21	[17]	\N	\N	\N
6371	int4	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[17]	\N	\N	\N
6372	int8	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	20	[17]	\N	\N	\N
6373	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	2249	[2249]	\N	\N	\N
6374	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	2249	[2249]	\N	\N	\N
638	pg_index_column_has_property	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	16	[2205,23,25]	\N	\N	\N
6381	array_reverse	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2277	[2277]	\N	\N	\N
6382	reverse	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[17]	\N	\N	\N
6383	gamma	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
6384	lgamma	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	701	[701]	\N	\N	\N
6388	array_sort	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2277	[2277]	\N	\N	\N
6389	array_sort	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	2277	[2277,16]	\N	\N	[array,descending]
6390	array_sort	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	2277	[2277,16,16]	\N	\N	[array,descending,nulls_first]
6395	max	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	17	[17]	\N	\N	\N
6396	min	11	10	12	1	0	0	0	a	false	false	false	false	i	s	1	0	17	[17]	\N	\N	\N
6428	uuidv4	11	10	12	1	0	0	0	f	false	false	true	false	v	s	0	0	2950	[]	\N	\N	\N
6429	uuidv7	11	10	12	1	0	0	0	f	false	false	true	false	v	s	0	0	2950	[]	\N	\N	\N
6430	uuidv7	11	10	12	1	0	0	0	f	false	false	true	false	v	s	1	0	2950	[1186]	\N	\N	[shift]
652	float4	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	700	[20]	\N	\N	\N
653	int8	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	20	[700]	\N	\N	\N
668	bpchar	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	1042	[1042,23,16]	\N	\N	\N
669	varchar	11	10	12	1	0	0	3097	f	false	false	true	false	i	s	3	0	1043	[1043,23,16]	\N	\N	\N
714	int2	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	21	[20]	\N	\N	\N
720	octet_length	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[17]	\N	\N	\N
721	get_byte	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[17,23]	\N	\N	\N
723	get_bit	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[17,20]	\N	\N	\N
724	set_bit	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	17	[17,20,23]	\N	\N	\N
730	text	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[869]	\N	\N	\N
745	current_user	11	10	12	1	0	0	0	f	false	false	true	false	s	s	0	0	19	[]	\N	\N	\N
746	session_user	11	10	12	1	0	0	0	f	false	false	true	false	s	s	0	0	19	[]	\N	\N	\N
747	array_dims	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[2277]	\N	\N	\N
748	array_ndims	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[2277]	\N	\N	\N
749	overlay	11	10	12	1	0	0	0	f	false	false	true	false	i	s	4	0	17	[17,17,23,23]	\N	\N	\N
750	array_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	3	0	2277	[2275,26,23]	\N	\N	\N
751	array_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[2277]	\N	\N	\N
752	overlay	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	17	[17,17,23]	\N	\N	\N
753	trunc	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	829	[829]	\N	\N	\N
754	int8	11	10	12	1	0	0	0	f	false	true	true	false	i	s	1	0	20	[21]	\N	\N	\N
77	int4	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	23	[18]	\N	\N	\N
78	char	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	18	[23]	\N	\N	\N
810	pg_client_encoding	11	10	12	1	0	0	0	f	false	false	true	false	s	s	0	0	19	[]	\N	\N	\N
817	current_query	11	10	12	1	0	0	0	f	false	false	false	false	v	r	0	0	25	[]	\N	\N	\N
849	position	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[25,25]	\N	\N	\N
86	pg_ddl_command_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	32	[2275]	\N	\N	\N
860	bpchar	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	1042	[18]	\N	\N	\N
861	current_database	11	10	12	1	0	0	0	f	false	false	true	false	s	s	0	0	19	[]	\N	\N	\N
868	strpos	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[25,25]	\N	\N	\N
87	pg_ddl_command_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[32]	\N	\N	\N
870	lower	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[25]	\N	\N	\N
871	upper	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[25]	\N	\N	\N
872	initcap	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[25]	\N	\N	\N
873	lpad	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	25	[25,23,25]	\N	\N	\N
874	rpad	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	25	[25,23,25]	\N	\N	\N
875	ltrim	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	25	[25,25]	\N	\N	\N
876	rtrim	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	25	[25,25]	\N	\N	\N
877	substr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	25	[25,23,23]	\N	\N	\N
878	translate	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	25	[25,25,25]	\N	\N	\N
879	lpad	11	10	14	1	0	0	0	f	false	false	true	false	i	s	2	0	25	[25,23]	\N	\N	\N
88	pg_ddl_command_recv	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	32	[2281]	\N	\N	\N
880	rpad	11	10	14	1	0	0	0	f	false	false	true	false	i	s	2	0	25	[25,23]	\N	\N	\N
881	ltrim	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[25]	\N	\N	\N
882	rtrim	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[25]	\N	\N	\N
883	substr	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	25	[25,23]	\N	\N	\N
884	btrim	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	25	[25,25]	\N	\N	\N
885	btrim	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[25]	\N	\N	\N
886	cash_in	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	790	[2275]	\N	\N	\N
887	cash_out	11	10	12	1	0	0	0	f	false	false	true	false	s	s	1	0	2275	[790]	\N	\N	\N
89	version	11	10	12	1	0	0	0	f	false	false	true	false	s	s	0	0	25	[]	\N	\N	\N
90	pg_ddl_command_send	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	17	[32]	\N	\N	\N
910	inet_in	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	869	[2275]	\N	\N	\N
911	inet_out	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	2275	[869]	\N	\N	\N
936	substring	11	10	12	1	0	0	0	f	false	false	true	false	i	s	3	0	25	[25,23,23]	\N	\N	\N
937	substring	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	25	[25,23]	\N	\N	\N
938	generate_series	11	10	12	1	1000	0	6354	f	false	false	true	true	i	s	3	0	1114	[1114,1114,1186]	\N	\N	\N
939	generate_series	11	10	12	1	1000	0	6354	f	false	false	true	true	s	s	3	0	1184	[1184,1184,1186]	\N	\N	\N
940	mod	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	21	[21,21]	\N	\N	\N
941	mod	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	23	[23,23]	\N	\N	\N
944	char	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	18	[25]	\N	\N	\N
946	text	11	10	12	1	0	0	0	f	false	false	true	false	i	s	1	0	25	[18]	\N	\N	\N
947	mod	11	10	12	1	0	0	0	f	false	false	true	false	i	s	2	0	20	[20,20]	\N	\N	\N$tavana$, chr(10))), chr(9)) AS _f);
INSERT INTO __tavana.pg._pg_roles BY NAME SELECT nullif(_f[1], '\N')::VARCHAR AS "rolname", nullif(_f[2], '\N')::BOOLEAN AS "rolsuper", nullif(_f[3], '\N')::BOOLEAN AS "rolinherit", nullif(_f[4], '\N')::BOOLEAN AS "rolcreaterole", nullif(_f[5], '\N')::BOOLEAN AS "rolcreatedb", nullif(_f[6], '\N')::BOOLEAN AS "rolcanlogin", nullif(_f[7], '\N')::BOOLEAN AS "rolreplication", nullif(_f[8], '\N')::INTEGER AS "rolconnlimit", nullif(_f[9], '\N')::VARCHAR AS "rolpassword", nullif(_f[10], '\N')::BOOLEAN AS "rolbypassrls", nullif(_f[11], '\N')::BIGINT AS "oid"
FROM (SELECT string_split(unnest(string_split($tavana$pg_checkpoint	false	true	false	false	false	false	-1	********	false	4544
pg_create_subscription	false	true	false	false	false	false	-1	********	false	6304
pg_database_owner	false	true	false	false	false	false	-1	********	false	6171
pg_execute_server_program	false	true	false	false	false	false	-1	********	false	4571
pg_maintain	false	true	false	false	false	false	-1	********	false	6337
pg_monitor	false	true	false	false	false	false	-1	********	false	3373
pg_read_all_data	false	true	false	false	false	false	-1	********	false	6181
pg_read_all_settings	false	true	false	false	false	false	-1	********	false	3374
pg_read_all_stats	false	true	false	false	false	false	-1	********	false	3375
pg_read_server_files	false	true	false	false	false	false	-1	********	false	4569
pg_signal_autovacuum_worker	false	true	false	false	false	false	-1	********	false	6392
pg_signal_backend	false	true	false	false	false	false	-1	********	false	4200
pg_stat_scan_tables	false	true	false	false	false	false	-1	********	false	3377
pg_use_reserved_connections	false	true	false	false	false	false	-1	********	false	4550
pg_write_all_data	false	true	false	false	false	false	-1	********	false	6182
pg_write_server_files	false	true	false	false	false	false	-1	********	false	4570$tavana$, chr(10))), chr(9)) AS _f);
INSERT INTO __tavana.isch.sql_features BY NAME SELECT nullif(_f[1], '\N')::VARCHAR AS "feature_id", nullif(_f[2], '\N')::VARCHAR AS "feature_name", nullif(_f[3], '\N')::VARCHAR AS "sub_feature_id", nullif(_f[4], '\N')::VARCHAR AS "sub_feature_name", nullif(_f[5], '\N')::VARCHAR AS "is_supported", nullif(_f[6], '\N')::VARCHAR AS "comments"
FROM (SELECT string_split(unnest(string_split($tavana$B011	Embedded Ada			NO	
B012	Embedded C			YES	
B013	Embedded COBOL			NO	
B014	Embedded Fortran			NO	
B015	Embedded MUMPS			NO	
B016	Embedded Pascal			NO	
B017	Embedded PL/I			NO	
B021	Direct SQL			YES	
B030	Enhanced dynamic SQL			NO	
B031	Basic dynamic SQL			NO	
B032	Extended dynamic SQL			NO	
B033	Untyped SQL-invoked function arguments			NO	
B034	Dynamic specification of cursor attributes			NO	
B035	Non-extended descriptor names			NO	
B036	Describe input statement			NO	
B041	Extensions to embedded SQL exception declarations			NO	
B051	Enhanced execution rights			NO	
B111	Module language Ada			NO	
B112	Module language C			NO	
B113	Module language COBOL			NO	
B114	Module language Fortran			NO	
B115	Module language MUMPS			NO	
B116	Module language Pascal			NO	
B117	Module language PL/I			NO	
B121	Routine language Ada			NO	
B122	Routine language C			NO	
B123	Routine language COBOL			NO	
B124	Routine language Fortran			NO	
B125	Routine language MUMPS			NO	
B126	Routine language Pascal			NO	
B127	Routine language PL/I			NO	
B128	Routine language SQL			YES	
B200	Polymorphic table functions			NO	
B201	More than one PTF generic table parameter			NO	
B202	PTF copartitioning			NO	
B203	More than one copartition specification			NO	
B204	PRUNE WHEN EMPTY			NO	
B205	Pass-through columns			NO	
B206	PTF descriptor parameters			NO	
B207	Cross products of partitionings			NO	
B208	PTF component procedure interface			NO	
B209	PTF extended names			NO	
B211	Module language Ada: VARCHAR and NUMERIC support			NO	
B221	Routine language Ada: VARCHAR and NUMERIC support			NO	
E011	Numeric data types			YES	
E011	Numeric data types	01	INTEGER and SMALLINT data types	YES	
E011	Numeric data types	02	REAL, DOUBLE PRECISION, and FLOAT data types	YES	
E011	Numeric data types	03	DECIMAL and NUMERIC data types	YES	
E011	Numeric data types	04	Arithmetic operators	YES	
E011	Numeric data types	05	Numeric comparison	YES	
E011	Numeric data types	06	Implicit casting among the numeric data types	YES	
E021	Character data types			YES	
E021	Character string types	01	CHARACTER data type	YES	
E021	Character string types	02	CHARACTER VARYING data type	YES	
E021	Character string types	03	Character literals	YES	
E021	Character string types	04	CHARACTER_LENGTH function	YES	trims trailing spaces from CHARACTER values before counting
E021	Character string types	05	OCTET_LENGTH function	YES	
E021	Character string types	06	SUBSTRING function	YES	
E021	Character string types	07	Character concatenation	YES	
E021	Character string types	08	UPPER and LOWER functions	YES	
E021	Character string types	09	TRIM function	YES	
E021	Character string types	10	Implicit casting among the character string types	YES	
E021	Character string types	11	POSITION function	YES	
E021	Character string types	12	Character comparison	YES	
E031	Identifiers			YES	
E031	Identifiers	01	Delimited identifiers	YES	
E031	Identifiers	02	Lower case identifiers	YES	
E031	Identifiers	03	Trailing underscore	YES	
E051	Basic query specification			YES	
E051	Basic query specification	01	SELECT DISTINCT	YES	
E051	Basic query specification	02	GROUP BY clause	YES	
E051	Basic query specification	04	GROUP BY can contain columns not in <select list>	YES	
E051	Basic query specification	05	Select list items can be renamed	YES	
E051	Basic query specification	06	HAVING clause	YES	
E051	Basic query specification	07	Qualified * in select list	YES	
E051	Basic query specification	08	Correlation names in the FROM clause	YES	
E051	Basic query specification	09	Rename columns in the FROM clause	YES	
E061	Basic predicates and search conditions			YES	
E061	Basic predicates and search conditions	01	Comparison predicate	YES	
E061	Basic predicates and search conditions	02	BETWEEN predicate	YES	
E061	Basic predicates and search conditions	03	IN predicate with list of values	YES	
E061	Basic predicates and search conditions	04	LIKE predicate	YES	
E061	Basic predicates and search conditions	05	LIKE predicate ESCAPE clause	YES	
E061	Basic predicates and search conditions	06	NULL predicate	YES	
E061	Basic predicates and search conditions	07	Quantified comparison predicate	YES	
E061	Basic predicates and search conditions	08	EXISTS predicate	YES	
E061	Basic predicates and search conditions	09	Subqueries in comparison predicate	YES	
E061	Basic predicates and search conditions	11	Subqueries in IN predicate	YES	
E061	Basic predicates and search conditions	12	Subqueries in quantified comparison predicate	YES	
E061	Basic predicates and search conditions	13	Correlated subqueries	YES	
E061	Basic predicates and search conditions	14	Search condition	YES	
E071	Basic query expressions			YES	
E071	Basic query expressions	01	UNION DISTINCT table operator	YES	
E071	Basic query expressions	02	UNION ALL table operator	YES	
E071	Basic query expressions	03	EXCEPT DISTINCT table operator	YES	
E071	Basic query expressions	05	Columns combined via table operators need not have exactly the same data type	YES	
E071	Basic query expressions	06	Table operators in subqueries	YES	
E081	Basic Privileges			YES	
E081	Basic Privileges	01	SELECT privilege	YES	
E081	Basic Privileges	02	DELETE privilege	YES	
E081	Basic Privileges	03	INSERT privilege at the table level	YES	
E081	Basic Privileges	04	UPDATE privilege at the table level	YES	
E081	Basic Privileges	05	UPDATE privilege at the column level	YES	
E081	Basic Privileges	06	REFERENCES privilege at the table level	YES	
E081	Basic Privileges	07	REFERENCES privilege at the column level	YES	
E081	Basic Privileges	08	WITH GRANT OPTION	YES	
E081	Basic Privileges	09	USAGE privilege	YES	
E081	Basic Privileges	10	EXECUTE privilege	YES	
E091	Set functions			YES	
E091	Set functions	01	AVG	YES	
E091	Set functions	02	COUNT	YES	
E091	Set functions	03	MAX	YES	
E091	Set functions	04	MIN	YES	
E091	Set functions	05	SUM	YES	
E091	Set functions	06	ALL quantifier	YES	
E091	Set functions	07	DISTINCT quantifier	YES	
E101	Basic data manipulation			YES	
E101	Basic data manipulation	01	INSERT statement	YES	
E101	Basic data manipulation	03	Searched UPDATE statement	YES	
E101	Basic data manipulation	04	Searched DELETE statement	YES	
E111	Single row SELECT statement			YES	
E121	Basic cursor support			YES	
E121	Basic cursor support	01	DECLARE CURSOR	YES	
E121	Basic cursor support	02	ORDER BY columns need not be in select list	YES	
E121	Basic cursor support	03	Value expressions in ORDER BY clause	YES	
E121	Basic cursor support	04	OPEN statement	YES	
E121	Basic cursor support	06	Positioned UPDATE statement	YES	
E121	Basic cursor support	07	Positioned DELETE statement	YES	
E121	Basic cursor support	08	CLOSE statement	YES	
E121	Basic cursor support	10	FETCH statement implicit NEXT	YES	
E121	Basic cursor support	17	WITH HOLD cursors	YES	
E131	Null value support (nulls in lieu of values)			YES	
E141	Basic integrity constraints			YES	
E141	Basic integrity constraints	01	NOT NULL constraints	YES	
E141	Basic integrity constraints	02	UNIQUE constraints of NOT NULL columns	YES	
E141	Basic integrity constraints	03	PRIMARY KEY constraints	YES	
E141	Basic integrity constraints	04	Basic FOREIGN KEY constraint with the NO ACTION default for both referential delete action and referential update action	YES	
E141	Basic integrity constraints	06	CHECK constraints	YES	
E141	Basic integrity constraints	07	Column defaults	YES	
E141	Basic integrity constraints	08	NOT NULL inferred on PRIMARY KEY	YES	
E141	Basic integrity constraints	10	Names in a foreign key can be specified in any order	YES	
E151	Transaction support			YES	
E151	Transaction support	01	COMMIT statement	YES	
E151	Transaction support	02	ROLLBACK statement	YES	
E152	Basic SET TRANSACTION statement			YES	
E152	Basic SET TRANSACTION statement	01	SET TRANSACTION statement: ISOLATION LEVEL SERIALIZABLE clause	YES	
E152	Basic SET TRANSACTION statement	02	SET TRANSACTION statement: READ ONLY and READ WRITE clauses	YES	
E153	Updatable queries with subqueries			YES	
E161	SQL comments using leading double minus			YES	
E171	SQLSTATE support			YES	
E182	Host language binding			YES	
F021	Basic information schema			YES	
F021	Basic information schema	01	COLUMNS view	YES	
F021	Basic information schema	02	TABLES view	YES	
F021	Basic information schema	03	VIEWS view	YES	
F021	Basic information schema	04	TABLE_CONSTRAINTS view	YES	
F021	Basic information schema	05	REFERENTIAL_CONSTRAINTS view	YES	
F021	Basic information schema	06	CHECK_CONSTRAINTS view	YES	
F031	Basic schema manipulation			YES	
F031	Basic schema manipulation	01	CREATE TABLE statement to create persistent base tables	YES	
F031	Basic schema manipulation	02	CREATE VIEW statement	YES	
F031	Basic schema manipulation	03	GRANT statement	YES	
F031	Basic schema manipulation	04	ALTER TABLE statement: ADD COLUMN clause	YES	
F031	Basic schema manipulation	13	DROP TABLE statement: RESTRICT clause	YES	
F031	Basic schema manipulation	16	DROP VIEW statement: RESTRICT clause	YES	
F031	Basic schema manipulation	19	REVOKE statement: RESTRICT clause	YES	
F032	CASCADE drop behavior			YES	
F033	ALTER TABLE statement: DROP COLUMN clause			YES	
F034	Extended REVOKE statement			YES	
F035	REVOKE with CASCADE			YES	
F036	REVOKE statement performed by non-owner			YES	
F037	REVOKE statement: GRANT OPTION FOR clause			YES	
F038	REVOKE of a WITH GRANT OPTION privilege			YES	
F041	Basic joined table			YES	
F041	Basic joined table	01	Inner join (but not necessarily the INNER keyword)	YES	
F041	Basic joined table	02	INNER keyword	YES	
F041	Basic joined table	03	LEFT OUTER JOIN	YES	
F041	Basic joined table	04	RIGHT OUTER JOIN	YES	
F041	Basic joined table	05	Outer joins can be nested	YES	
F041	Basic joined table	07	The inner table in a left or right outer join can also be used in an inner join	YES	
F041	Basic joined table	08	All comparison operators are supported (rather than just =)	YES	
F051	Basic date and time			YES	
F051	Basic date and time	01	DATE data type (including support of DATE literal)	YES	
F051	Basic date and time	02	TIME data type (including support of TIME literal) with fractional seconds precision of at least 0	YES	
F051	Basic date and time	03	TIMESTAMP data type (including support of TIMESTAMP literal) with fractional seconds precision of at least 0 and 6	YES	
F051	Basic date and time	04	Comparison predicate on DATE, TIME, and TIMESTAMP data types	YES	
F051	Basic date and time	05	Explicit CAST between datetime types and character string types	YES	
F051	Basic date and time	06	CURRENT_DATE	YES	
F051	Basic date and time	07	LOCALTIME	YES	
F051	Basic date and time	08	LOCALTIMESTAMP	YES	
F052	Intervals and datetime arithmetic			YES	
F053	OVERLAPS predicate			YES	
F054	TIMESTAMP in DATE type precedence list			NO	
F081	UNION and EXCEPT in views			YES	
F111	Isolation levels other than SERIALIZABLE			YES	
F112	Isolation level READ UNCOMMITTED			YES	
F113	Isolation level READ COMMITTED			YES	
F114	Isolation level REPEATABLE READ			YES	
F120	Get diagnostics statement			NO	
F121	Basic diagnostics management			NO	
F122	Enhanced diagnostics management			NO	
F123	All diagnostics			NO	
F124	SET TRANSACTION statement: DIAGNOSTICS SIZE clause			NO	
F131	Grouped operations			YES	
F131	Grouped operations	01	WHERE, GROUP BY, and HAVING clauses supported in queries with grouped views	YES	
F131	Grouped operations	02	Multiple tables supported in queries with grouped views	YES	
F131	Grouped operations	03	Set functions supported in queries with grouped views	YES	
F131	Grouped operations	04	Subqueries with GROUP BY and HAVING clauses and grouped views	YES	
F131	Grouped operations	05	Single row SELECT with GROUP BY and HAVING clauses and grouped views	YES	
F171	Multiple schemas per user			YES	
F181	Multiple module support			YES	
F191	Referential delete actions			YES	
F200	TRUNCATE TABLE statement			YES	
F201	CAST function			YES	
F202	TRUNCATE TABLE: identity column restart option			YES	
F221	Explicit defaults			YES	
F222	INSERT statement: DEFAULT VALUES clause			YES	
F231	Privilege tables			YES	
F251	Domain support			YES	
F261	CASE expression			YES	
F261	CASE expression	01	Simple CASE	YES	
F261	CASE expression	02	Searched CASE	YES	
F261	CASE expression	03	NULLIF	YES	
F261	CASE expression	04	COALESCE	YES	
F262	Extended CASE expression			YES	
F263	Comma-separated predicates in simple CASE expression			NO	
F271	Compound character literals			YES	
F281	LIKE enhancements			YES	
F291	UNIQUE predicate			NO	
F292	UNIQUE null treatment			YES	
F301	CORRESPONDING in query expressions			NO	
F302	INTERSECT table operator			YES	
F303	INTERSECT DISTINCT table operator			YES	
F304	EXCEPT ALL table operator			YES	
F305	INTERSECT ALL table operator			YES	
F311	Schema definition statement			YES	
F311	Schema definition statement	01	CREATE SCHEMA	YES	
F311	Schema definition statement	02	CREATE TABLE for persistent base tables	YES	
F311	Schema definition statement	03	CREATE VIEW	YES	
F311	Schema definition statement	04	CREATE VIEW: WITH CHECK OPTION	YES	
F311	Schema definition statement	05	GRANT statement	YES	
F312	MERGE statement			YES	
F313	Enhanced MERGE statement			YES	
F314	MERGE statement with DELETE branch			YES	
F321	User authorization			YES	
F341	Usage tables			YES	
F361	Subprogram support			YES	
F381	Extended schema manipulation			YES	
F382	Alter column data type			YES	
F383	Set column not null clause			YES	
F384	Drop identity property clause			YES	
F385	Drop column generation expression clause			YES	
F386	Set identity column generation clause			YES	
F387	ALTER TABLE statement: ALTER COLUMN clause			YES	
F388	ALTER TABLE statement: ADD/DROP CONSTRAINT clause			YES	
F391	Long identifiers			YES	
F392	Unicode escapes in identifiers			YES	
F393	Unicode escapes in literals			YES	
F394	Optional normal form specification			YES	
F401	Extended joined table			YES	
F402	Named column joins for LOBs, arrays, and multisets			YES	
F403	Partitioned join tables			NO	
F404	Range variable for common column names			YES	
F405	NATURAL JOIN			YES	
F406	FULL OUTER JOIN			YES	
F407	CROSS JOIN			YES	
F411	Time zone specification			YES	differences regarding literal interpretation
F421	National character			YES	
F431	Read-only scrollable cursors			YES	
F432	FETCH with explicit NEXT			YES	
F433	FETCH FIRST			YES	
F434	FETCH LAST			YES	
F435	FETCH PRIOR			YES	
F436	FETCH ABSOLUTE			YES	
F437	FETCH RELATIVE			YES	
F438	Scrollable cursors			YES	
F441	Extended set function support			YES	
F442	Mixed column references in set functions			YES	
F451	Character set definition			NO	
F461	Named character sets			NO	
F471	Scalar subquery values			YES	
F481	Expanded NULL predicate			YES	
F491	Constraint management			YES	
F492	Optional table constraint enforcement			YES	except not-null constraints
F501	Features and conformance views			YES	
F501	Features and conformance views	01	SQL_FEATURES view	YES	
F501	Features and conformance views	02	SQL_SIZING view	YES	
F502	Enhanced documentation tables			YES	
F521	Assertions			NO	
F531	Temporary tables			YES	
F555	Enhanced seconds precision			YES	
F561	Full value expressions			YES	
F571	Truth value tests			YES	
F591	Derived tables			YES	
F611	Indicator data types			YES	
F641	Row and table constructors			YES	
F651	Catalog name qualifiers			YES	
F661	Simple tables			YES	
F671	Subqueries in CHECK constraints			NO	intentionally omitted
F672	Retrospective CHECK constraints			YES	
F673	Reads SQL-data routine invocations in CHECK constraints			NO	
F690	Collation support			YES	
F692	Extended collation support			YES	
F693	SQL-session and client module collations			NO	
F695	Translation support			NO	
F696	Additional translation documentation			NO	
F701	Referential update actions			YES	
F711	ALTER domain			YES	
F721	Deferrable constraints			NO	foreign and unique keys only
F731	INSERT column privileges			YES	
F741	Referential MATCH types			NO	no partial match yet
F751	View CHECK enhancements			YES	
F761	Session management			YES	
F762	CURRENT_CATALOG			YES	
F763	CURRENT_SCHEMA			YES	
F771	Connection management			YES	
F781	Self-referencing operations			YES	
F791	Insensitive cursors			YES	
F801	Full set function			YES	
F812	Basic flagging			NO	
F813	Extended flagging			NO	
F821	Local table references			NO	
F831	Full cursor update			NO	
F832	Updatable scrollable cursors			NO	
F833	Updatable ordered cursors			NO	
F841	LIKE_REGEX predicate			NO	consider regexp_like()
F842	OCCURRENCES_REGEX function			NO	consider regexp_matches()
F843	POSITION_REGEX function			NO	consider regexp_instr()
F844	SUBSTRING_REGEX function			NO	consider regexp_substr()
F845	TRANSLATE_REGEX function			NO	consider regexp_replace()
F846	Octet support in regular expression operators			NO	
F847	Non-constant regular expressions			NO	
F850	Top-level ORDER BY in query expression			YES	
F851	ORDER BY in subqueries			YES	
F852	Top-level ORDER BY in views			YES	
F855	Nested ORDER BY in query expression			YES	
F856	Nested FETCH FIRST in query expression			YES	
F857	Top-level FETCH FIRST in query expression			YES	
F858	FETCH FIRST in subqueries			YES	
F859	Top-level FETCH FIRST in views			YES	
F860	Dynamic FETCH FIRST row count			YES	
F861	Top-level OFFSET in query expression			YES	
F862	OFFSET in subqueries			YES	
F863	Nested OFFSET in query expression			YES	
F864	Top-level OFFSET in views			YES	
F865	Dynamic offset row count in OFFSET			YES	
F866	FETCH FIRST clause: PERCENT option			NO	
F867	FETCH FIRST clause: WITH TIES option			YES	
F868	ORDER BY in grouped table			YES	
F869	SQL implementation info population			YES	
M001	Datalinks			NO	
M002	Datalinks via SQL/CLI			NO	
M003	Datalinks via Embedded SQL			NO	
M004	Foreign data support			NO	partially supported
M005	Foreign schema support			NO	
M006	GetSQLString routine			NO	
M007	TransmitRequest			NO	
M009	GetOpts and GetStatistics routines			NO	
M010	Foreign-data wrapper support			NO	different API
M011	Datalinks via Ada			NO	
M012	Datalinks via C			NO	
M013	Datalinks via COBOL			NO	
M014	Datalinks via Fortran			NO	
M015	Datalinks via M			NO	
M016	Datalinks via Pascal			NO	
M017	Datalinks via PL/I			NO	
M018	Foreign-data wrapper interface routines in Ada			NO	
M019	Foreign-data wrapper interface routines in C			NO	different API
M020	Foreign-data wrapper interface routines in COBOL			NO	
M021	Foreign-data wrapper interface routines in Fortran			NO	
M022	Foreign-data wrapper interface routines in MUMPS			NO	
M023	Foreign-data wrapper interface routines in Pascal			NO	
M024	Foreign-data wrapper interface routines in PL/I			NO	
M030	SQL-server foreign data support			NO	
M031	Foreign-data wrapper general routines			NO	
R010	Row pattern recognition: FROM clause			NO	
R020	Row pattern recognition: WINDOW clause			NO	
R030	Row pattern recognition: full aggregate support			NO	
S011	Distinct data types			NO	
S011	Distinct data types	01	USER_DEFINED_TYPES view	NO	
S023	Basic structured types			NO	
S024	Enhanced structured types			NO	
S025	Final structured types			NO	
S026	Self-referencing structured types			NO	
S027	Create method by specific method name			NO	
S028	Permutable UDT options list			NO	
S041	Basic reference types			NO	
S043	Enhanced reference types			NO	
S051	Create table of type			NO	partially supported
S071	SQL paths in function and type name resolution			YES	
S081	Subtables			NO	
S090	Minimal array support			YES	
S091	Basic array support			NO	partially supported
S092	Arrays of user-defined types			YES	
S093	Arrays of distinct types			NO	
S094	Arrays of reference types			NO	
S095	Array constructors by query			YES	
S096	Optional array bounds			YES	
S097	Array element assignment			NO	
S098	ARRAY_AGG			YES	
S099	Array expressions			YES	
S111	ONLY in query expressions			YES	
S151	Type predicate			NO	see pg_typeof()
S161	Subtype treatment			NO	
S162	Subtype treatment for references			NO	
S201	SQL-invoked routines on arrays			YES	
S202	SQL-invoked routines on multisets			NO	
S203	Array parameters			YES	
S204	Array as result type of functions			YES	
S211	User-defined cast functions			YES	
S231	Structured type locators			NO	
S232	Array locators			NO	
S233	Multiset locators			NO	
S241	Transform functions			NO	
S242	Alter transform statement			NO	
S251	User-defined orderings			NO	
S261	Specific type method			NO	
S271	Basic multiset support			NO	
S272	Multisets of user-defined types			NO	
S274	Multisets of reference types			NO	
S275	Advanced multiset support			NO	
S281	Nested collection types			NO	
S291	Unique constraint on entire row			NO	
S301	Enhanced UNNEST			YES	
S401	Distinct types based on array types			NO	
S402	Distinct types based on multiset types			NO	
S403	ARRAY_MAX_CARDINALITY			NO	
S404	TRIM_ARRAY			YES	
T011	Timestamp in Information Schema			NO	
T021	BINARY and VARBINARY data types			NO	
T022	Advanced support for BINARY and VARBINARY data types			NO	
T023	Compound binary literals			NO	
T024	Spaces in binary literals			NO	
T031	BOOLEAN data type			YES	
T039	CLOB locator: non-holdable			NO	
T040	Concatenation of CLOBs			NO	
T041	Basic LOB data type support			NO	
T042	Extended LOB data type support			NO	
T043	Multiplier T			NO	
T044	Multiplier P			NO	
T045	BLOB data type			NO	
T046	CLOB data type			NO	
T047	POSITION, OCTET_LENGTH, TRIM, and SUBSTRING for BLOBs			NO	
T048	Concatenation of BLOBs			NO	
T049	BLOB locator: non-holdable			NO	
T050	POSITION, CHAR_LENGTH, OCTET_LENGTH, LOWER, TRIM, UPPER, and SUBSTRING for CLOBs			NO	
T051	Row types			NO	
T053	Explicit aliases for all-fields reference			NO	
T054	GREATEST and LEAST			YES	different null handling
T055	String padding functions			YES	
T056	Multi-character TRIM functions			YES	
T061	UCS support			YES	
T062	Character length units			NO	
T071	BIGINT data type			YES	
T076	DECFLOAT data type			NO	
T081	Optional string types maximum length			YES	
T101	Enhanced nullability determination			NO	
T111	Updatable joins, unions, and columns			NO	
T121	WITH (excluding RECURSIVE) in query expression			YES	
T122	WITH (excluding RECURSIVE) in subquery			YES	
T131	Recursive query			YES	
T132	Recursive query in subquery			YES	
T133	Enhanced cycle mark values			YES	
T141	SIMILAR predicate			YES	
T151	DISTINCT predicate			YES	
T152	DISTINCT predicate with negation			YES	
T171	LIKE clause in table definition			YES	
T172	AS subquery clause in table definition			YES	
T173	Extended LIKE clause in table definition			YES	
T174	Identity columns			YES	
T175	Generated columns			NO	mostly supported
T176	Sequence generator support			NO	supported except for NEXT VALUE FOR
T177	Sequence generator support: simple restart option			YES	
T178	Identity columns: simple restart option			YES	
T180	System-versioned tables			NO	
T181	Application-time period tables			NO	
T191	Referential action RESTRICT			YES	
T200	Trigger DDL			NO	similar but not fully compatible
T201	Comparable data types for referential constraints			YES	
T211	Basic trigger capability			NO	
T212	Enhanced trigger capability			YES	
T213	INSTEAD OF triggers			YES	
T214	BEFORE triggers			YES	
T215	AFTER triggers			YES	
T216	Ability to require true search condition before trigger is invoked			YES	
T217	TRIGGER privilege			YES	
T218	Multiple triggers for the same event executed in the order created			NO	intentionally omitted
T231	Sensitive cursors			NO	
T241	START TRANSACTION statement			YES	
T251	SET TRANSACTION statement: LOCAL option			NO	
T261	Chained transactions			YES	
T262	Multiple server transactions			NO	
T271	Savepoints			YES	
T272	Enhanced savepoint management			NO	
T281	SELECT privilege with column granularity			YES	
T285	Enhanced derived column names			YES	
T301	Functional dependencies			NO	partially supported
T312	OVERLAY function			YES	
T321	Basic SQL-invoked routines			NO	partially supported
T321	Basic SQL-invoked routines	01	User-defined functions with no overloading	YES	
T321	Basic SQL-invoked routines	02	User-defined stored procedures with no overloading	YES	
T321	Basic SQL-invoked routines	03	Function invocation	YES	
T321	Basic SQL-invoked routines	04	CALL statement	YES	
T321	Basic SQL-invoked routines	05	RETURN statement	YES	
T321	Basic SQL-invoked routines	06	ROUTINES view	YES	
T321	Basic SQL-invoked routines	07	PARAMETERS view	YES	
T322	Declared data type attributes			NO	
T323	Explicit security for external routines			YES	
T324	Explicit security for SQL routines			NO	
T325	Qualified SQL parameter references			YES	
T326	Table functions			NO	
T331	Basic roles			YES	
T332	Extended roles			YES	
T341	Overloading of SQL-invoked functions and SQL-invoked procedures			YES	
T351	Bracketed comments			YES	
T431	Extended grouping capabilities			YES	
T432	Nested and concatenated GROUPING SETS			YES	
T433	Multi-argument GROUPING function			YES	
T434	GROUP BY DISTINCT			YES	
T441	ABS and MOD functions			YES	
T461	Symmetric BETWEEN predicate			YES	
T471	Result sets return value			NO	
T472	DESCRIBE CURSOR			NO	
T491	LATERAL derived table			YES	
T495	Combined data change and retrieval			NO	different syntax
T501	Enhanced EXISTS predicate			YES	
T502	Period predicates			NO	
T511	Transaction counts			NO	
T521	Named arguments in CALL statement			YES	
T522	Default values for IN parameters of SQL-invoked procedures			NO	supported except DEFAULT key word in invocation
T523	Default values for INOUT parameters of SQL-invoked procedures			YES	
T524	Named arguments in routine invocations other than a CALL statement			YES	
T525	Default values for parameters of SQL-invoked functions			YES	
T551	Optional key words for default syntax			YES	
T561	Holdable locators			NO	
T571	Array-returning external SQL-invoked functions			NO	
T572	Multiset-returning external SQL-invoked functions			NO	
T581	Regular expression substring function			YES	
T591	UNIQUE constraints of possibly null columns			YES	
T601	Local cursor references			NO	
T611	Elementary OLAP operations			YES	
T612	Advanced OLAP operations			YES	
T613	Sampling			YES	
T614	NTILE function			YES	
T615	LEAD and LAG functions			YES	
T616	Null treatment option for LEAD and LAG functions			NO	
T617	FIRST_VALUE and LAST_VALUE functions			YES	
T618	NTH_VALUE function			NO	function exists, but some options missing
T619	Nested window functions			NO	
T620	WINDOW clause: GROUPS option			YES	
T621	Enhanced numeric functions			YES	
T622	Trigonometric functions			YES	
T623	General logarithm functions			YES	
T624	Common logarithm functions			YES	
T625	LISTAGG			NO	
T626	ANY_VALUE			YES	
T627	Window framed COUNT DISTINCT			YES	
T631	IN predicate with one list element			YES	
T641	Multiple column assignment			NO	only some syntax variants supported
T651	SQL-schema statements in SQL routines			YES	
T652	SQL-dynamic statements in SQL routines			NO	
T653	SQL-schema statements in external routines			YES	
T654	SQL-dynamic statements in external routines			NO	
T655	Cyclically dependent routines			YES	
T661	Non-decimal integer literals			YES	
T662	Underscores in numeric literals			YES	
T670	Schema and data statement mixing			YES	
T801	JSON data type			NO	
T802	Enhanced JSON data type			NO	
T803	String-based JSON			YES	
T811	Basic SQL/JSON constructor functions			YES	
T812	SQL/JSON: JSON_OBJECTAGG			YES	
T813	SQL/JSON: JSON_ARRAYAGG with ORDER BY			YES	
T814	Colon in JSON_OBJECT or JSON_OBJECTAGG			YES	
T821	Basic SQL/JSON query operators			YES	
T822	SQL/JSON: IS JSON WITH UNIQUE KEYS predicate			YES	
T823	SQL/JSON: PASSING clause			YES	
T824	JSON_TABLE: specific PLAN clause			NO	
T825	SQL/JSON: ON EMPTY and ON ERROR clauses			YES	
T826	General value expression in ON ERROR or ON EMPTY clauses			YES	
T827	JSON_TABLE: sibling NESTED COLUMNS clauses			YES	
T828	JSON_QUERY			YES	
T829	JSON_QUERY: array wrapper options			YES	
T830	Enforcing unique keys in SQL/JSON constructor functions			YES	
T831	SQL/JSON path language: strict mode			YES	
T832	SQL/JSON path language: item method			YES	
T833	SQL/JSON path language: multiple subscripts			YES	
T834	SQL/JSON path language: wildcard member accessor			YES	
T835	SQL/JSON path language: filter expressions			YES	
T836	SQL/JSON path language: starts with predicate			YES	
T837	SQL/JSON path language: regex_like predicate			YES	
T838	JSON_TABLE: PLAN DEFAULT clause			NO	
T839	Formatted cast of datetimes to/from character strings			NO	
T840	Hex integer literals in SQL/JSON path language			YES	
T851	SQL/JSON: optional keywords for default syntax			YES	
T860	SQL/JSON simplified accessor: column reference only			NO	
T861	SQL/JSON simplified accessor: case-sensitive JSON member accessor			NO	
T862	SQL/JSON simplified accessor: wildcard member accessor			NO	
T863	SQL/JSON simplified accessor: single-quoted string literal as member accessor			NO	
T864	SQL/JSON simplified accessor			NO	
T865	SQL/JSON item method: bigint()			YES	
T866	SQL/JSON item method: boolean()			YES	
T867	SQL/JSON item method: date()			YES	
T868	SQL/JSON item method: decimal()			YES	
T869	SQL/JSON item method: decimal() with precision and scale			YES	
T870	SQL/JSON item method: integer()			YES	
T871	SQL/JSON item method: number()			YES	
T872	SQL/JSON item method: string()			YES	
T873	SQL/JSON item method: time()			YES	
T874	SQL/JSON item method: time_tz()			YES	
T875	SQL/JSON item method: time precision			YES	
T876	SQL/JSON item method: timestamp()			YES	
T877	SQL/JSON item method: timestamp_tz()			YES	
T878	SQL/JSON item method: timestamp precision			YES	
T879	JSON in equality operations			YES	with jsonb
T880	JSON in grouping operations			YES	with jsonb
T881	JSON in ordering operations			NO	with jsonb, partially supported
T882	JSON in multiset element grouping operations			NO	
X010	XML type			YES	
X011	Arrays of XML type			YES	
X012	Multisets of XML type			NO	
X013	Distinct types of XML type			NO	
X014	Attributes of XML type			YES	
X015	Fields of XML type			NO	
X016	Persistent XML values			YES	
X020	XMLConcat			YES	
X025	XMLCast			NO	
X030	XMLDocument			NO	
X031	XMLElement			YES	
X032	XMLForest			YES	
X034	XMLAgg			YES	
X035	XMLAgg: ORDER BY option			YES	
X036	XMLComment			YES	
X037	XMLPI			YES	
X038	XMLText			YES	supported except for RETURNING
X040	Basic table mapping			YES	
X041	Basic table mapping: null absent			YES	
X042	Basic table mapping: null as nil			YES	
X043	Basic table mapping: table as forest			YES	
X044	Basic table mapping: table as element			YES	
X045	Basic table mapping: with target namespace			YES	
X046	Basic table mapping: data mapping			YES	
X047	Basic table mapping: metadata mapping			YES	
X048	Basic table mapping: base64 encoding of binary strings			YES	
X049	Basic table mapping: hex encoding of binary strings			YES	
X050	Advanced table mapping			YES	
X051	Advanced table mapping: null absent			YES	
X052	Advanced table mapping: null as nil			YES	
X053	Advanced table mapping: table as forest			YES	
X054	Advanced table mapping: table as element			YES	
X055	Advanced table mapping: with target namespace			YES	
X056	Advanced table mapping: data mapping			YES	
X057	Advanced table mapping: metadata mapping			YES	
X058	Advanced table mapping: base64 encoding of binary strings			YES	
X059	Advanced table mapping: hex encoding of binary strings			YES	
X060	XMLParse: character string input and CONTENT option			YES	
X061	XMLParse: character string input and DOCUMENT option			YES	
X065	XMLParse: binary string input and CONTENT option			NO	
X066	XMLParse: binary string input and DOCUMENT option			NO	
X068	XMLSerialize: BOM			NO	
X069	XMLSerialize: INDENT			YES	
X070	XMLSerialize: character string serialization and CONTENT option			YES	
X071	XMLSerialize: character string serialization and DOCUMENT option			YES	
X072	XMLSerialize: character string serialization			YES	
X073	XMLSerialize: binary string serialization and CONTENT option			NO	
X074	XMLSerialize: binary string serialization and DOCUMENT option			NO	
X075	XMLSerialize: binary string serialization			NO	
X076	XMLSerialize: VERSION			NO	
X077	XMLSerialize: explicit ENCODING option			NO	
X078	XMLSerialize: explicit XML declaration			NO	
X080	Namespaces in XML publishing			NO	
X081	Query-level XML namespace declarations			NO	
X082	XML namespace declarations in DML			NO	
X083	XML namespace declarations in DDL			NO	
X084	XML namespace declarations in compound statements			NO	
X085	Predefined namespace prefixes			NO	
X086	XML namespace declarations in XMLTable			NO	
X090	XML document predicate			YES	
X091	XML content predicate			NO	
X096	XMLExists			NO	XPath 1.0 only
X100	Host language support for XML: CONTENT option			NO	
X101	Host language support for XML: DOCUMENT option			NO	
X110	Host language support for XML: VARCHAR mapping			NO	
X111	Host language support for XML: CLOB mapping			NO	
X112	Host language support for XML: BLOB mapping			NO	
X113	Host language support for XML: STRIP WHITESPACE option			NO	
X114	Host language support for XML: PRESERVE WHITESPACE option			NO	
X120	XML parameters in SQL routines			YES	
X121	XML parameters in external routines			YES	
X131	Query-level XMLBINARY clause			NO	
X132	XMLBINARY clause in DML			NO	
X133	XMLBINARY clause in DDL			NO	
X134	XMLBINARY clause in compound statements			NO	
X135	XMLBINARY clause in subqueries			NO	
X141	IS VALID predicate: data-driven case			NO	
X142	IS VALID predicate: ACCORDING TO clause			NO	
X143	IS VALID predicate: ELEMENT clause			NO	
X144	IS VALID predicate: schema location			NO	
X145	IS VALID predicate outside check constraints			NO	
X151	IS VALID predicate: with DOCUMENT option			NO	
X152	IS VALID predicate: with CONTENT option			NO	
X153	IS VALID predicate: with SEQUENCE option			NO	
X155	IS VALID predicate: NAMESPACE without ELEMENT clause			NO	
X157	IS VALID predicate: NO NAMESPACE with ELEMENT clause			NO	
X160	Basic Information Schema for registered XML schemas			NO	
X161	Advanced Information Schema for registered XML schemas			NO	
X170	XML null handling options			NO	
X171	NIL ON NO CONTENT option			NO	
X181	XML(DOCUMENT(UNTYPED)) type			NO	
X182	XML(DOCUMENT(ANY)) type			NO	
X190	XML(SEQUENCE) type			NO	
X191	XML(DOCUMENT(XMLSCHEMA)) type			NO	
X192	XML(CONTENT(XMLSCHEMA)) type			NO	
X200	XMLQuery			NO	
X201	XMLQuery: RETURNING CONTENT			NO	
X202	XMLQuery: RETURNING SEQUENCE			NO	
X203	XMLQuery: passing a context item			NO	
X204	XMLQuery: initializing an XQuery variable			NO	
X205	XMLQuery: EMPTY ON EMPTY option			NO	
X206	XMLQuery: NULL ON EMPTY option			NO	
X211	XML 1.1 support			NO	
X221	XML passing mechanism BY VALUE			YES	
X222	XML passing mechanism BY REF			NO	parser accepts BY REF but ignores it; passing is always BY VALUE
X231	XML(CONTENT(UNTYPED)) type			NO	
X232	XML(CONTENT(ANY)) type			NO	
X241	RETURNING CONTENT in XML publishing			NO	
X242	RETURNING SEQUENCE in XML publishing			NO	
X251	Persistent XML values of XML(DOCUMENT(UNTYPED)) type			NO	
X252	Persistent XML values of XML(DOCUMENT(ANY)) type			NO	
X253	Persistent XML values of XML(CONTENT(UNTYPED)) type			NO	
X254	Persistent XML values of XML(CONTENT(ANY)) type			NO	
X255	Persistent XML values of XML(SEQUENCE) type			NO	
X256	Persistent XML values of XML(DOCUMENT(XMLSCHEMA)) type			NO	
X257	Persistent XML values of XML(CONTENT(XMLSCHEMA)) type			NO	
X260	XML type: ELEMENT clause			NO	
X261	XML type: NAMESPACE without ELEMENT clause			NO	
X263	XML type: NO NAMESPACE with ELEMENT clause			NO	
X264	XML type: schema location			NO	
X271	XMLValidate: data-driven case			NO	
X272	XMLValidate: ACCORDING TO clause			NO	
X273	XMLValidate: ELEMENT clause			NO	
X274	XMLValidate: schema location			NO	
X281	XMLValidate with DOCUMENT option			NO	
X282	XMLValidate with CONTENT option			NO	
X283	XMLValidate with SEQUENCE option			NO	
X284	XMLValidate: NAMESPACE without ELEMENT clause			NO	
X286	XMLValidate: NO NAMESPACE with ELEMENT clause			NO	
X300	XMLTable			NO	XPath 1.0 only
X301	XMLTable: derived column list option			YES	
X302	XMLTable: ordinality column option			YES	
X303	XMLTable: column default option			YES	
X304	XMLTable: passing a context item			YES	must be XML DOCUMENT
X305	XMLTable: initializing an XQuery variable			NO	
X400	Name and identifier mapping			YES	
X410	Alter column data type: XML type			YES	$tavana$, chr(10))), chr(9)) AS _f);
INSERT INTO __tavana.isch.sql_implementation_info BY NAME SELECT nullif(_f[1], '\N')::VARCHAR AS "implementation_info_id", nullif(_f[2], '\N')::VARCHAR AS "implementation_info_name", nullif(_f[3], '\N')::INTEGER AS "integer_value", nullif(_f[4], '\N')::VARCHAR AS "character_value", nullif(_f[5], '\N')::VARCHAR AS "comments"
FROM (SELECT string_split(unnest(string_split($tavana$10003	CATALOG NAME	\N	Y	\N
10004	COLLATING SEQUENCE	\N	\N	\N
13	SERVER NAME	\N		\N
17	DBMS NAME	\N	PostgreSQL	\N
18	DBMS VERSION	\N	18.04.0000	\N
2	DATA SOURCE NAME	\N		\N
23	CURSOR COMMIT BEHAVIOR	1	\N	close cursors and retain prepared statements
26	DEFAULT TRANSACTION ISOLATION	2	\N	READ COMMITTED; user-settable
28	IDENTIFIER CASE	3	\N	stored in mixed case - case sensitive
46	TRANSACTION CAPABLE	2	\N	both DML and DDL
85	NULL COLLATION	0	\N	nulls higher than non-nulls
94	SPECIAL CHARACTERS	\N		all non-ASCII characters allowed$tavana$, chr(10))), chr(9)) AS _f);
INSERT INTO __tavana.isch.sql_parts BY NAME SELECT nullif(_f[1], '\N')::VARCHAR AS "feature_id", nullif(_f[2], '\N')::VARCHAR AS "feature_name", nullif(_f[3], '\N')::VARCHAR AS "is_supported", nullif(_f[4], '\N')::VARCHAR AS "comments"
FROM (SELECT string_split(unnest(string_split($tavana$1	Framework (SQL/Framework)	NO	
10	Object Language Bindings (SQL/OLB)	NO	
11	Information and Definition Schema (SQL/Schemata)	NO	
13	Routines and Types Using the Java Programming Language (SQL/JRT)	NO	
14	XML-Related Specifications (SQL/XML)	NO	
15	Multi-Dimensional Arrays (SQL/MDA)	NO	
16	Property Graph Queries (SQL/PGQ)	NO	
2	Foundation (SQL/Foundation)	NO	
3	Call-Level Interface (SQL/CLI)	NO	
4	Persistent Stored Modules (SQL/PSM)	NO	
9	Management of External Data (SQL/MED)	NO	$tavana$, chr(10))), chr(9)) AS _f);
INSERT INTO __tavana.isch.sql_sizing BY NAME SELECT nullif(_f[1], '\N')::INTEGER AS "sizing_id", nullif(_f[2], '\N')::VARCHAR AS "sizing_name", nullif(_f[3], '\N')::INTEGER AS "supported_value", nullif(_f[4], '\N')::VARCHAR AS "comments"
FROM (SELECT string_split(unnest(string_split($tavana$0	MAXIMUM DRIVER CONNECTIONS	\N	\N
1	MAXIMUM CONCURRENT ACTIVITIES	0	\N
100	MAXIMUM COLUMNS IN SELECT	1664	\N
10005	MAXIMUM IDENTIFIER LENGTH	63	Might be less, depending on character set.
101	MAXIMUM COLUMNS IN TABLE	1600	\N
106	MAXIMUM TABLES IN SELECT	0	\N
107	MAXIMUM USER NAME LENGTH	63	Might be less, depending on character set.
20000	MAXIMUM STATEMENT OCTETS	0	\N
20001	MAXIMUM STATEMENT OCTETS DATA	0	\N
20002	MAXIMUM STATEMENT OCTETS SCHEMA	0	\N
25000	MAXIMUM CURRENT DEFAULT TRANSFORM GROUP LENGTH	\N	\N
25001	MAXIMUM CURRENT TRANSFORM GROUP LENGTH	\N	\N
25002	MAXIMUM CURRENT PATH LENGTH	0	\N
25003	MAXIMUM CURRENT ROLE LENGTH	\N	\N
25004	MAXIMUM SESSION USER LENGTH	63	Might be less, depending on character set.
25005	MAXIMUM SYSTEM USER LENGTH	63	Might be less, depending on character set.
30	MAXIMUM COLUMN NAME LENGTH	63	Might be less, depending on character set.
31	MAXIMUM CURSOR NAME LENGTH	63	Might be less, depending on character set.
32	MAXIMUM SCHEMA NAME LENGTH	63	Might be less, depending on character set.
34	MAXIMUM CATALOG NAME LENGTH	63	Might be less, depending on character set.
35	MAXIMUM TABLE NAME LENGTH	63	Might be less, depending on character set.
97	MAXIMUM COLUMNS IN GROUP BY	0	\N
99	MAXIMUM COLUMNS IN ORDER BY	0	\N$tavana$, chr(10))), chr(9)) AS _f);
INSERT INTO __tavana.pg._relations BY NAME SELECT nullif(_f[1], '\N')::BIGINT AS "oid", nullif(_f[2], '\N')::VARCHAR AS "relname", nullif(_f[3], '\N')::BIGINT AS "relnamespace", nullif(_f[4], '\N')::VARCHAR AS "relkind", nullif(_f[5], '\N')::SMALLINT AS "relnatts"
FROM (SELECT string_split(unnest(string_split($tavana$2600	pg_aggregate	11	r	22
12355	pg_aios	11	v	15
2601	pg_am	11	r	4
2602	pg_amop	11	r	9
2603	pg_amproc	11	r	6
2604	pg_attrdef	11	r	4
1249	pg_attribute	11	r	26
1261	pg_auth_members	11	r	7
1260	pg_authid	11	r	12
12085	pg_available_extension_versions	11	v	9
12081	pg_available_extensions	11	v	4
12142	pg_backend_memory_contexts	11	v	11
2605	pg_cast	11	r	6
1259	pg_class	11	r	35
3456	pg_collation	11	r	13
12130	pg_config	11	v	2
2606	pg_constraint	11	r	28
2607	pg_conversion	11	r	8
12077	pg_cursors	11	v	6
1262	pg_database	11	r	19
2964	pg_db_role_setting	11	r	3
826	pg_default_acl	11	r	5
2608	pg_depend	11	r	7
2609	pg_description	11	r	4
3501	pg_enum	11	r	4
3466	pg_event_trigger	11	r	7
3079	pg_extension	11	r	8
12110	pg_file_settings	11	v	7
2328	pg_foreign_data_wrapper	11	r	7
1417	pg_foreign_server	11	r	8
3118	pg_foreign_table	11	r	3
12010	pg_group	11	v	3
12114	pg_hba_file_rules	11	v	11
12118	pg_ident_file_mappings	11	v	7
2610	pg_index	11	r	21
12043	pg_indexes	11	v	5
2611	pg_inherits	11	r	4
3394	pg_init_privs	11	r	5
2612	pg_language	11	r	9
2613	pg_largeobject	11	r	3
2995	pg_largeobject_metadata	11	r	3
12073	pg_locks	11	v	16
12038	pg_matviews	11	v	7
2615	pg_namespace	11	r	4
2616	pg_opclass	11	r	9
2617	pg_operator	11	r	15
2753	pg_opfamily	11	r	5
6243	pg_parameter_acl	11	r	3
3350	pg_partitioned_table	11	r	8
12018	pg_policies	11	v	8
3256	pg_policy	11	r	8
12095	pg_prepared_statements	11	v	8
12090	pg_prepared_xacts	11	v	5
1255	pg_proc	11	r	30
6104	pg_publication	11	r	10
6237	pg_publication_namespace	11	r	3
6106	pg_publication_rel	11	r	5
12068	pg_publication_tables	11	v	5
3541	pg_range	11	r	7
6000	pg_replication_origin	11	r	2
12343	pg_replication_origin_status	11	v	4
12261	pg_replication_slots	11	v	21
2618	pg_rewrite	11	r	8
12000	pg_roles	11	v	13
12023	pg_rules	11	v	4
3596	pg_seclabel	11	r	5
12099	pg_seclabels	11	v	8
2224	pg_sequence	11	r	8
12048	pg_sequences	11	v	11
12104	pg_settings	11	v	17
12005	pg_shadow	11	v	9
1214	pg_shdepend	11	r	7
2396	pg_shdescription	11	r	3
12134	pg_shmem_allocations	11	v	4
12138	pg_shmem_allocations_numa	11	v	3
3592	pg_shseclabel	11	r	4
12226	pg_stat_activity	11	v	22
12187	pg_stat_all_indexes	11	v	9
12146	pg_stat_all_tables	11	v	30
12289	pg_stat_archiver	11	v	7
12293	pg_stat_bgwriter	11	v	11
12297	pg_stat_checkpointer	11	v	11
12270	pg_stat_database	11	v	30
12275	pg_stat_database_conflicts	11	v	8
12257	pg_stat_gssapi	11	v	5
12301	pg_stat_io	11	v	20
12309	pg_stat_progress_analyze	11	v	13
12329	pg_stat_progress_basebackup	11	v	6
12319	pg_stat_progress_cluster	11	v	12
12333	pg_stat_progress_copy	11	v	11
12324	pg_stat_progress_create_index	11	v	16
12314	pg_stat_progress_vacuum	11	v	17
12244	pg_stat_recovery_prefetch	11	v	10
12231	pg_stat_replication	11	v	20
12266	pg_stat_replication_slots	11	v	10
12236	pg_stat_slru	11	v	9
12253	pg_stat_ssl	11	v	8
12248	pg_stat_subscription	11	v	11
12347	pg_stat_subscription_stats	11	v	12
12192	pg_stat_sys_indexes	11	v	9
12156	pg_stat_sys_tables	11	v	30
12279	pg_stat_user_functions	11	v	6
12196	pg_stat_user_indexes	11	v	9
12165	pg_stat_user_tables	11	v	30
12305	pg_stat_wal	11	v	9
12240	pg_stat_wal_receiver	11	v	15
12151	pg_stat_xact_all_tables	11	v	12
12161	pg_stat_xact_sys_tables	11	v	12
12284	pg_stat_xact_user_functions	11	v	6
12170	pg_stat_xact_user_tables	11	v	12
12200	pg_statio_all_indexes	11	v	7
12213	pg_statio_all_sequences	11	v	5
12174	pg_statio_all_tables	11	v	11
12205	pg_statio_sys_indexes	11	v	7
12218	pg_statio_sys_sequences	11	v	5
12179	pg_statio_sys_tables	11	v	11
12209	pg_statio_user_indexes	11	v	7
12222	pg_statio_user_sequences	11	v	5
12183	pg_statio_user_tables	11	v	11
2619	pg_statistic	11	r	31
3381	pg_statistic_ext	11	r	9
3429	pg_statistic_ext_data	11	r	6
12053	pg_stats	11	v	17
12058	pg_stats_ext	11	v	15
12063	pg_stats_ext_exprs	11	v	17
6100	pg_subscription	11	r	18
6102	pg_subscription_rel	11	r	4
12033	pg_tables	11	v	8
1213	pg_tablespace	11	r	5
12122	pg_timezone_abbrevs	11	v	3
12126	pg_timezone_names	11	v	4
3576	pg_transform	11	r	5
2620	pg_trigger	11	r	19
3602	pg_ts_config	11	r	5
3603	pg_ts_config_map	11	r	4
3600	pg_ts_dict	11	r	6
3601	pg_ts_parser	11	r	8
3764	pg_ts_template	11	r	5
1247	pg_type	11	r	32
12014	pg_user	11	v	9
1418	pg_user_mapping	11	r	4
12338	pg_user_mappings	11	v	6
12028	pg_views	11	v	4
12351	pg_wait_events	11	v	3
12720	_pg_foreign_data_wrappers	13000	v	7
12732	_pg_foreign_servers	13000	v	9
12711	_pg_foreign_table_columns	13000	v	4
12744	_pg_foreign_tables	13000	v	7
12757	_pg_user_mappings	13000	v	7
12455	administrable_role_authorizations	13000	v	3
12450	applicable_roles	13000	v	3
12459	attributes	13000	v	31
12464	character_sets	13000	v	8
12469	check_constraint_routine_usage	13000	v	6
12474	check_constraints	13000	v	4
12484	collation_character_set_applicability	13000	v	6
12479	collations	13000	v	4
12489	column_column_usage	13000	v	5
12494	column_domain_usage	13000	v	7
12716	column_options	13000	v	6
12499	column_privileges	13000	v	8
12504	column_udt_usage	13000	v	7
12509	columns	13000	v	44
12514	constraint_column_usage	13000	v	7
12519	constraint_table_usage	13000	v	6
12701	data_type_privileges	13000	v	5
12524	domain_constraints	13000	v	8
12529	domain_udt_usage	13000	v	6
12533	domains	13000	v	27
12706	element_types	13000	v	29
12538	enabled_roles	13000	v	1
12724	foreign_data_wrapper_options	13000	v	4
12728	foreign_data_wrappers	13000	v	5
12736	foreign_server_options	13000	v	4
12740	foreign_servers	13000	v	7
12749	foreign_table_options	13000	v	5
12753	foreign_tables	13000	v	5
12441	information_schema_catalog_name	13000	v	1
12542	key_column_usage	13000	v	9
12547	parameters	13000	v	32
12552	referential_constraints	13000	v	9
12557	role_column_grants	13000	v	8
12571	role_routine_grants	13000	v	10
12634	role_table_grants	13000	v	8
12663	role_udt_grants	13000	v	7
12672	role_usage_grants	13000	v	8
12561	routine_column_usage	13000	v	10
12566	routine_privileges	13000	v	10
12575	routine_routine_usage	13000	v	6
12580	routine_sequence_usage	13000	v	9
12585	routine_table_usage	13000	v	9
12590	routines	13000	v	82
12595	schemata	13000	v	7
12599	sequences	13000	v	12
12604	sql_features	13000	r	7
12609	sql_implementation_info	13000	r	5
12614	sql_parts	13000	r	5
12619	sql_sizing	13000	r	4
12624	table_constraints	13000	v	11
12629	table_privileges	13000	v	8
12638	tables	13000	v	12
12643	transforms	13000	v	8
12648	triggered_update_columns	13000	v	7
12653	triggers	13000	v	17
12658	udt_privileges	13000	v	7
12667	usage_privileges	13000	v	8
12676	user_defined_types	13000	v	29
12762	user_mapping_options	13000	v	5
12767	user_mappings	13000	v	3
12681	view_column_usage	13000	v	7
12686	view_routine_usage	13000	v	6
12691	view_table_usage	13000	v	6
12696	views	13000	v	10$tavana$, chr(10))), chr(9)) AS _f);
INSERT INTO __tavana.pg._attributes BY NAME SELECT nullif(_f[1], '\N')::BIGINT AS "attrelid", nullif(_f[2], '\N')::VARCHAR AS "attname", nullif(_f[3], '\N')::BIGINT AS "atttypid", nullif(_f[4], '\N')::SMALLINT AS "attlen", nullif(_f[5], '\N')::SMALLINT AS "attnum", nullif(_f[6], '\N')::BOOLEAN AS "attbyval", nullif(_f[7], '\N')::VARCHAR AS "attalign", nullif(_f[8], '\N')::VARCHAR AS "attstorage", nullif(_f[9], '\N')::SMALLINT AS "attndims", nullif(_f[10], '\N')::BOOLEAN AS "attnotnull", nullif(_f[11], '\N')::BIGINT AS "attcollation"
FROM (SELECT string_split(unnest(string_split($tavana$2600	aggfnoid	24	4	1	True	i	p	0	True	0
2600	aggkind	18	1	2	True	c	p	0	True	0
2600	aggnumdirectargs	21	2	3	True	s	p	0	True	0
2600	aggtransfn	24	4	4	True	i	p	0	True	0
2600	aggfinalfn	24	4	5	True	i	p	0	True	0
2600	aggcombinefn	24	4	6	True	i	p	0	True	0
2600	aggserialfn	24	4	7	True	i	p	0	True	0
2600	aggdeserialfn	24	4	8	True	i	p	0	True	0
2600	aggmtransfn	24	4	9	True	i	p	0	True	0
2600	aggminvtransfn	24	4	10	True	i	p	0	True	0
2600	aggmfinalfn	24	4	11	True	i	p	0	True	0
2600	aggfinalextra	16	1	12	True	c	p	0	True	0
2600	aggmfinalextra	16	1	13	True	c	p	0	True	0
2600	aggfinalmodify	18	1	14	True	c	p	0	True	0
2600	aggmfinalmodify	18	1	15	True	c	p	0	True	0
2600	aggsortop	26	4	16	True	i	p	0	True	0
2600	aggtranstype	26	4	17	True	i	p	0	True	0
2600	aggtransspace	23	4	18	True	i	p	0	True	0
2600	aggmtranstype	26	4	19	True	i	p	0	True	0
2600	aggmtransspace	23	4	20	True	i	p	0	True	0
2600	agginitval	25	-1	21	False	i	x	0	False	100
2600	aggminitval	25	-1	22	False	i	x	0	False	100
12355	pid	23	4	1	True	i	p	0	False	0
12355	io_id	23	4	2	True	i	p	0	False	0
12355	io_generation	20	8	3	True	d	p	0	False	0
12355	state	25	-1	4	False	i	x	0	False	100
12355	operation	25	-1	5	False	i	x	0	False	100
12355	off	20	8	6	True	d	p	0	False	0
12355	length	20	8	7	True	d	p	0	False	0
12355	target	25	-1	8	False	i	x	0	False	100
12355	handle_data_len	21	2	9	True	s	p	0	False	0
12355	raw_result	23	4	10	True	i	p	0	False	0
12355	result	25	-1	11	False	i	x	0	False	100
12355	target_desc	25	-1	12	False	i	x	0	False	100
12355	f_sync	16	1	13	True	c	p	0	False	0
12355	f_localmem	16	1	14	True	c	p	0	False	0
12355	f_buffered	16	1	15	True	c	p	0	False	0
2601	oid	26	4	1	True	i	p	0	True	0
2601	amname	19	64	2	False	c	p	0	True	950
2601	amhandler	24	4	3	True	i	p	0	True	0
2601	amtype	18	1	4	True	c	p	0	True	0
2602	oid	26	4	1	True	i	p	0	True	0
2602	amopfamily	26	4	2	True	i	p	0	True	0
2602	amoplefttype	26	4	3	True	i	p	0	True	0
2602	amoprighttype	26	4	4	True	i	p	0	True	0
2602	amopstrategy	21	2	5	True	s	p	0	True	0
2602	amoppurpose	18	1	6	True	c	p	0	True	0
2602	amopopr	26	4	7	True	i	p	0	True	0
2602	amopmethod	26	4	8	True	i	p	0	True	0
2602	amopsortfamily	26	4	9	True	i	p	0	True	0
2603	oid	26	4	1	True	i	p	0	True	0
2603	amprocfamily	26	4	2	True	i	p	0	True	0
2603	amproclefttype	26	4	3	True	i	p	0	True	0
2603	amprocrighttype	26	4	4	True	i	p	0	True	0
2603	amprocnum	21	2	5	True	s	p	0	True	0
2603	amproc	24	4	6	True	i	p	0	True	0
2604	oid	26	4	1	True	i	p	0	True	0
2604	adrelid	26	4	2	True	i	p	0	True	0
2604	adnum	21	2	3	True	s	p	0	True	0
2604	adbin	194	-1	4	False	i	x	0	True	100
1249	attrelid	26	4	1	True	i	p	0	True	0
1249	attname	19	64	2	False	c	p	0	True	950
1249	atttypid	26	4	3	True	i	p	0	True	0
1249	attlen	21	2	4	True	s	p	0	True	0
1249	attnum	21	2	5	True	s	p	0	True	0
1249	atttypmod	23	4	6	True	i	p	0	True	0
1249	attndims	21	2	7	True	s	p	0	True	0
1249	attbyval	16	1	8	True	c	p	0	True	0
1249	attalign	18	1	9	True	c	p	0	True	0
1249	attstorage	18	1	10	True	c	p	0	True	0
1249	attcompression	18	1	11	True	c	p	0	True	0
1249	attnotnull	16	1	12	True	c	p	0	True	0
1249	atthasdef	16	1	13	True	c	p	0	True	0
1249	atthasmissing	16	1	14	True	c	p	0	True	0
1249	attidentity	18	1	15	True	c	p	0	True	0
1249	attgenerated	18	1	16	True	c	p	0	True	0
1249	attisdropped	16	1	17	True	c	p	0	True	0
1249	attislocal	16	1	18	True	c	p	0	True	0
1249	attinhcount	21	2	19	True	s	p	0	True	0
1249	attcollation	26	4	20	True	i	p	0	True	0
1249	attstattarget	21	2	21	True	s	p	0	False	0
1249	attacl	1034	-1	22	False	d	x	1	False	0
1249	attoptions	1009	-1	23	False	i	x	1	False	100
1249	attfdwoptions	1009	-1	24	False	i	x	1	False	100
1249	attmissingval	2277	-1	25	False	d	x	0	False	0
1249	attcacheoff	23	4	26	True	i	p	0	False	0
1261	oid	26	4	1	True	i	p	0	True	0
1261	roleid	26	4	2	True	i	p	0	True	0
1261	member	26	4	3	True	i	p	0	True	0
1261	grantor	26	4	4	True	i	p	0	True	0
1261	admin_option	16	1	5	True	c	p	0	True	0
1261	inherit_option	16	1	6	True	c	p	0	True	0
1261	set_option	16	1	7	True	c	p	0	True	0
1260	oid	26	4	1	True	i	p	0	True	0
1260	rolname	19	64	2	False	c	p	0	True	950
1260	rolsuper	16	1	3	True	c	p	0	True	0
1260	rolinherit	16	1	4	True	c	p	0	True	0
1260	rolcreaterole	16	1	5	True	c	p	0	True	0
1260	rolcreatedb	16	1	6	True	c	p	0	True	0
1260	rolcanlogin	16	1	7	True	c	p	0	True	0
1260	rolreplication	16	1	8	True	c	p	0	True	0
1260	rolbypassrls	16	1	9	True	c	p	0	True	0
1260	rolconnlimit	23	4	10	True	i	p	0	True	0
1260	rolpassword	25	-1	11	False	i	x	0	False	100
1260	rolvaliduntil	1184	8	12	True	d	p	0	False	0
12085	name	19	64	1	False	c	p	0	False	950
12085	version	25	-1	2	False	i	x	0	False	100
12085	installed	16	1	3	True	c	p	0	False	0
12085	superuser	16	1	4	True	c	p	0	False	0
12085	trusted	16	1	5	True	c	p	0	False	0
12085	relocatable	16	1	6	True	c	p	0	False	0
12085	schema	19	64	7	False	c	p	0	False	950
12085	requires	1003	-1	8	False	i	x	1	False	950
12085	comment	25	-1	9	False	i	x	0	False	100
12081	name	19	64	1	False	c	p	0	False	950
12081	default_version	25	-1	2	False	i	x	0	False	100
12081	installed_version	25	-1	3	False	i	x	0	False	100
12081	comment	25	-1	4	False	i	x	0	False	100
12142	name	25	-1	1	False	i	x	0	False	100
12142	ident	25	-1	2	False	i	x	0	False	100
12142	type	25	-1	3	False	i	x	0	False	100
12142	level	23	4	4	True	i	p	0	False	0
12142	path	1007	-1	5	False	i	x	1	False	0
12142	total_bytes	20	8	6	True	d	p	0	False	0
12142	total_nblocks	20	8	7	True	d	p	0	False	0
12142	free_bytes	20	8	8	True	d	p	0	False	0
12142	free_chunks	20	8	9	True	d	p	0	False	0
12142	used_bytes	20	8	10	True	d	p	0	False	0
12142	parent	25	-1	11	False	i	x	0	False	100
2605	oid	26	4	1	True	i	p	0	True	0
2605	castsource	26	4	2	True	i	p	0	True	0
2605	casttarget	26	4	3	True	i	p	0	True	0
2605	castfunc	26	4	4	True	i	p	0	True	0
2605	castcontext	18	1	5	True	c	p	0	True	0
2605	castmethod	18	1	6	True	c	p	0	True	0
1259	oid	26	4	1	True	i	p	0	True	0
1259	relname	19	64	2	False	c	p	0	True	950
1259	relnamespace	26	4	3	True	i	p	0	True	0
1259	reltype	26	4	4	True	i	p	0	True	0
1259	reloftype	26	4	5	True	i	p	0	True	0
1259	relowner	26	4	6	True	i	p	0	True	0
1259	relam	26	4	7	True	i	p	0	True	0
1259	relfilenode	26	4	8	True	i	p	0	True	0
1259	reltablespace	26	4	9	True	i	p	0	True	0
1259	relpages	23	4	10	True	i	p	0	True	0
1259	reltuples	700	4	11	True	i	p	0	True	0
1259	relallvisible	23	4	12	True	i	p	0	True	0
1259	relallfrozen	23	4	13	True	i	p	0	True	0
1259	reltoastrelid	26	4	14	True	i	p	0	True	0
1259	relhasindex	16	1	15	True	c	p	0	True	0
1259	relisshared	16	1	16	True	c	p	0	True	0
1259	relpersistence	18	1	17	True	c	p	0	True	0
1259	relkind	18	1	18	True	c	p	0	True	0
1259	relnatts	21	2	19	True	s	p	0	True	0
1259	relchecks	21	2	20	True	s	p	0	True	0
1259	relhasrules	16	1	21	True	c	p	0	True	0
1259	relhastriggers	16	1	22	True	c	p	0	True	0
1259	relhassubclass	16	1	23	True	c	p	0	True	0
1259	relrowsecurity	16	1	24	True	c	p	0	True	0
1259	relforcerowsecurity	16	1	25	True	c	p	0	True	0
1259	relispopulated	16	1	26	True	c	p	0	True	0
1259	relreplident	18	1	27	True	c	p	0	True	0
1259	relispartition	16	1	28	True	c	p	0	True	0
1259	relrewrite	26	4	29	True	i	p	0	True	0
1259	relfrozenxid	28	4	30	True	i	p	0	True	0
1259	relminmxid	28	4	31	True	i	p	0	True	0
1259	relacl	1034	-1	32	False	d	x	1	False	0
1259	reloptions	1009	-1	33	False	i	x	1	False	100
1259	relpartbound	194	-1	34	False	i	x	0	False	100
1259	relhasoids	16	1	35	True	c	p	0	False	0
3456	oid	26	4	1	True	i	p	0	True	0
3456	collname	19	64	2	False	c	p	0	True	950
3456	collnamespace	26	4	3	True	i	p	0	True	0
3456	collowner	26	4	4	True	i	p	0	True	0
3456	collprovider	18	1	5	True	c	p	0	True	0
3456	collisdeterministic	16	1	6	True	c	p	0	True	0
3456	collencoding	23	4	7	True	i	p	0	True	0
3456	collcollate	25	-1	8	False	i	x	0	False	100
3456	collctype	25	-1	9	False	i	x	0	False	100
3456	colllocale	25	-1	10	False	i	x	0	False	100
3456	collicurules	25	-1	11	False	i	x	0	False	100
3456	collversion	25	-1	12	False	i	x	0	False	100
3456	colliculocale	25	-1	13	False	i	x	0	False	100
12130	name	25	-1	1	False	i	x	0	False	100
12130	setting	25	-1	2	False	i	x	0	False	100
2606	oid	26	4	1	True	i	p	0	True	0
2606	conname	19	64	2	False	c	p	0	True	950
2606	connamespace	26	4	3	True	i	p	0	True	0
2606	contype	18	1	4	True	c	p	0	True	0
2606	condeferrable	16	1	5	True	c	p	0	True	0
2606	condeferred	16	1	6	True	c	p	0	True	0
2606	conenforced	16	1	7	True	c	p	0	True	0
2606	convalidated	16	1	8	True	c	p	0	True	0
2606	conrelid	26	4	9	True	i	p	0	True	0
2606	contypid	26	4	10	True	i	p	0	True	0
2606	conindid	26	4	11	True	i	p	0	True	0
2606	conparentid	26	4	12	True	i	p	0	True	0
2606	confrelid	26	4	13	True	i	p	0	True	0
2606	confupdtype	18	1	14	True	c	p	0	True	0
2606	confdeltype	18	1	15	True	c	p	0	True	0
2606	confmatchtype	18	1	16	True	c	p	0	True	0
2606	conislocal	16	1	17	True	c	p	0	True	0
2606	coninhcount	21	2	18	True	s	p	0	True	0
2606	connoinherit	16	1	19	True	c	p	0	True	0
2606	conperiod	16	1	20	True	c	p	0	True	0
2606	conkey	1005	-1	21	False	i	x	1	False	0
2606	confkey	1005	-1	22	False	i	x	1	False	0
2606	conpfeqop	1028	-1	23	False	i	x	1	False	0
2606	conppeqop	1028	-1	24	False	i	x	1	False	0
2606	conffeqop	1028	-1	25	False	i	x	1	False	0
2606	confdelsetcols	1005	-1	26	False	i	x	1	False	0
2606	conexclop	1028	-1	27	False	i	x	1	False	0
2606	conbin	194	-1	28	False	i	x	0	False	100
2607	oid	26	4	1	True	i	p	0	True	0
2607	conname	19	64	2	False	c	p	0	True	950
2607	connamespace	26	4	3	True	i	p	0	True	0
2607	conowner	26	4	4	True	i	p	0	True	0
2607	conforencoding	23	4	5	True	i	p	0	True	0
2607	contoencoding	23	4	6	True	i	p	0	True	0
2607	conproc	24	4	7	True	i	p	0	True	0
2607	condefault	16	1	8	True	c	p	0	True	0
12077	name	25	-1	1	False	i	x	0	False	100
12077	statement	25	-1	2	False	i	x	0	False	100
12077	is_holdable	16	1	3	True	c	p	0	False	0
12077	is_binary	16	1	4	True	c	p	0	False	0
12077	is_scrollable	16	1	5	True	c	p	0	False	0
12077	creation_time	1184	8	6	True	d	p	0	False	0
1262	oid	26	4	1	True	i	p	0	True	0
1262	datname	19	64	2	False	c	p	0	True	950
1262	datdba	26	4	3	True	i	p	0	True	0
1262	encoding	23	4	4	True	i	p	0	True	0
1262	datlocprovider	18	1	5	True	c	p	0	True	0
1262	datistemplate	16	1	6	True	c	p	0	True	0
1262	datallowconn	16	1	7	True	c	p	0	True	0
1262	dathasloginevt	16	1	8	True	c	p	0	True	0
1262	datconnlimit	23	4	9	True	i	p	0	True	0
1262	datfrozenxid	28	4	10	True	i	p	0	True	0
1262	datminmxid	28	4	11	True	i	p	0	True	0
1262	dattablespace	26	4	12	True	i	p	0	True	0
1262	datcollate	25	-1	13	False	i	x	0	True	100
1262	datctype	25	-1	14	False	i	x	0	True	100
1262	datlocale	25	-1	15	False	i	x	0	False	100
1262	daticurules	25	-1	16	False	i	x	0	False	100
1262	datcollversion	25	-1	17	False	i	x	0	False	100
1262	datacl	1034	-1	18	False	d	x	1	False	0
1262	daticulocale	25	-1	19	False	i	x	0	False	100
2964	setdatabase	26	4	1	True	i	p	0	True	0
2964	setrole	26	4	2	True	i	p	0	True	0
2964	setconfig	1009	-1	3	False	i	x	1	False	100
826	oid	26	4	1	True	i	p	0	True	0
826	defaclrole	26	4	2	True	i	p	0	True	0
826	defaclnamespace	26	4	3	True	i	p	0	True	0
826	defaclobjtype	18	1	4	True	c	p	0	True	0
826	defaclacl	1034	-1	5	False	d	x	1	True	0
2608	classid	26	4	1	True	i	p	0	True	0
2608	objid	26	4	2	True	i	p	0	True	0
2608	objsubid	23	4	3	True	i	p	0	True	0
2608	refclassid	26	4	4	True	i	p	0	True	0
2608	refobjid	26	4	5	True	i	p	0	True	0
2608	refobjsubid	23	4	6	True	i	p	0	True	0
2608	deptype	18	1	7	True	c	p	0	True	0
2609	objoid	26	4	1	True	i	p	0	True	0
2609	classoid	26	4	2	True	i	p	0	True	0
2609	objsubid	23	4	3	True	i	p	0	True	0
2609	description	25	-1	4	False	i	x	0	True	100
3501	oid	26	4	1	True	i	p	0	True	0
3501	enumtypid	26	4	2	True	i	p	0	True	0
3501	enumsortorder	700	4	3	True	i	p	0	True	0
3501	enumlabel	19	64	4	False	c	p	0	True	950
3466	oid	26	4	1	True	i	p	0	True	0
3466	evtname	19	64	2	False	c	p	0	True	950
3466	evtevent	19	64	3	False	c	p	0	True	950
3466	evtowner	26	4	4	True	i	p	0	True	0
3466	evtfoid	26	4	5	True	i	p	0	True	0
3466	evtenabled	18	1	6	True	c	p	0	True	0
3466	evttags	1009	-1	7	False	i	x	1	False	100
3079	oid	26	4	1	True	i	p	0	True	0
3079	extname	19	64	2	False	c	p	0	True	950
3079	extowner	26	4	3	True	i	p	0	True	0
3079	extnamespace	26	4	4	True	i	p	0	True	0
3079	extrelocatable	16	1	5	True	c	p	0	True	0
3079	extversion	25	-1	6	False	i	x	0	True	100
3079	extconfig	1028	-1	7	False	i	x	1	False	0
3079	extcondition	1009	-1	8	False	i	x	1	False	100
12110	sourcefile	25	-1	1	False	i	x	0	False	100
12110	sourceline	23	4	2	True	i	p	0	False	0
12110	seqno	23	4	3	True	i	p	0	False	0
12110	name	25	-1	4	False	i	x	0	False	100
12110	setting	25	-1	5	False	i	x	0	False	100
12110	applied	16	1	6	True	c	p	0	False	0
12110	error	25	-1	7	False	i	x	0	False	100
2328	oid	26	4	1	True	i	p	0	True	0
2328	fdwname	19	64	2	False	c	p	0	True	950
2328	fdwowner	26	4	3	True	i	p	0	True	0
2328	fdwhandler	26	4	4	True	i	p	0	True	0
2328	fdwvalidator	26	4	5	True	i	p	0	True	0
2328	fdwacl	1034	-1	6	False	d	x	1	False	0
2328	fdwoptions	1009	-1	7	False	i	x	1	False	100
1417	oid	26	4	1	True	i	p	0	True	0
1417	srvname	19	64	2	False	c	p	0	True	950
1417	srvowner	26	4	3	True	i	p	0	True	0
1417	srvfdw	26	4	4	True	i	p	0	True	0
1417	srvtype	25	-1	5	False	i	x	0	False	100
1417	srvversion	25	-1	6	False	i	x	0	False	100
1417	srvacl	1034	-1	7	False	d	x	1	False	0
1417	srvoptions	1009	-1	8	False	i	x	1	False	100
3118	ftrelid	26	4	1	True	i	p	0	True	0
3118	ftserver	26	4	2	True	i	p	0	True	0
3118	ftoptions	1009	-1	3	False	i	x	1	False	100
12010	groname	19	64	1	False	c	p	0	False	950
12010	grosysid	26	4	2	True	i	p	0	False	0
12010	grolist	1028	-1	3	False	i	x	1	False	0
12114	rule_number	23	4	1	True	i	p	0	False	0
12114	file_name	25	-1	2	False	i	x	0	False	100
12114	line_number	23	4	3	True	i	p	0	False	0
12114	type	25	-1	4	False	i	x	0	False	100
12114	database	1009	-1	5	False	i	x	1	False	100
12114	user_name	1009	-1	6	False	i	x	1	False	100
12114	address	25	-1	7	False	i	x	0	False	100
12114	netmask	25	-1	8	False	i	x	0	False	100
12114	auth_method	25	-1	9	False	i	x	0	False	100
12114	options	1009	-1	10	False	i	x	1	False	100
12114	error	25	-1	11	False	i	x	0	False	100
12118	map_number	23	4	1	True	i	p	0	False	0
12118	file_name	25	-1	2	False	i	x	0	False	100
12118	line_number	23	4	3	True	i	p	0	False	0
12118	map_name	25	-1	4	False	i	x	0	False	100
12118	sys_name	25	-1	5	False	i	x	0	False	100
12118	pg_username	25	-1	6	False	i	x	0	False	100
12118	error	25	-1	7	False	i	x	0	False	100
2610	indexrelid	26	4	1	True	i	p	0	True	0
2610	indrelid	26	4	2	True	i	p	0	True	0
2610	indnatts	21	2	3	True	s	p	0	True	0
2610	indnkeyatts	21	2	4	True	s	p	0	True	0
2610	indisunique	16	1	5	True	c	p	0	True	0
2610	indnullsnotdistinct	16	1	6	True	c	p	0	True	0
2610	indisprimary	16	1	7	True	c	p	0	True	0
2610	indisexclusion	16	1	8	True	c	p	0	True	0
2610	indimmediate	16	1	9	True	c	p	0	True	0
2610	indisclustered	16	1	10	True	c	p	0	True	0
2610	indisvalid	16	1	11	True	c	p	0	True	0
2610	indcheckxmin	16	1	12	True	c	p	0	True	0
2610	indisready	16	1	13	True	c	p	0	True	0
2610	indislive	16	1	14	True	c	p	0	True	0
2610	indisreplident	16	1	15	True	c	p	0	True	0
2610	indkey	22	-1	16	False	i	p	0	True	0
2610	indcollation	30	-1	17	False	i	p	0	True	0
2610	indclass	30	-1	18	False	i	p	0	True	0
2610	indoption	22	-1	19	False	i	p	0	True	0
2610	indexprs	194	-1	20	False	i	x	0	False	100
2610	indpred	194	-1	21	False	i	x	0	False	100
12043	schemaname	19	64	1	False	c	p	0	False	950
12043	tablename	19	64	2	False	c	p	0	False	950
12043	indexname	19	64	3	False	c	p	0	False	950
12043	tablespace	19	64	4	False	c	p	0	False	950
12043	indexdef	25	-1	5	False	i	x	0	False	100
2611	inhrelid	26	4	1	True	i	p	0	True	0
2611	inhparent	26	4	2	True	i	p	0	True	0
2611	inhseqno	23	4	3	True	i	p	0	True	0
2611	inhdetachpending	16	1	4	True	c	p	0	True	0
3394	objoid	26	4	1	True	i	p	0	True	0
3394	classoid	26	4	2	True	i	p	0	True	0
3394	objsubid	23	4	3	True	i	p	0	True	0
3394	privtype	18	1	4	True	c	p	0	True	0
3394	initprivs	1034	-1	5	False	d	x	1	True	0
2612	oid	26	4	1	True	i	p	0	True	0
2612	lanname	19	64	2	False	c	p	0	True	950
2612	lanowner	26	4	3	True	i	p	0	True	0
2612	lanispl	16	1	4	True	c	p	0	True	0
2612	lanpltrusted	16	1	5	True	c	p	0	True	0
2612	lanplcallfoid	26	4	6	True	i	p	0	True	0
2612	laninline	26	4	7	True	i	p	0	True	0
2612	lanvalidator	26	4	8	True	i	p	0	True	0
2612	lanacl	1034	-1	9	False	d	x	1	False	0
2613	loid	26	4	1	True	i	p	0	True	0
2613	pageno	23	4	2	True	i	p	0	True	0
2613	data	17	-1	3	False	i	x	0	True	0
2995	oid	26	4	1	True	i	p	0	True	0
2995	lomowner	26	4	2	True	i	p	0	True	0
2995	lomacl	1034	-1	3	False	d	x	1	False	0
12073	locktype	25	-1	1	False	i	x	0	False	100
12073	database	26	4	2	True	i	p	0	False	0
12073	relation	26	4	3	True	i	p	0	False	0
12073	page	23	4	4	True	i	p	0	False	0
12073	tuple	21	2	5	True	s	p	0	False	0
12073	virtualxid	25	-1	6	False	i	x	0	False	100
12073	transactionid	28	4	7	True	i	p	0	False	0
12073	classid	26	4	8	True	i	p	0	False	0
12073	objid	26	4	9	True	i	p	0	False	0
12073	objsubid	21	2	10	True	s	p	0	False	0
12073	virtualtransaction	25	-1	11	False	i	x	0	False	100
12073	pid	23	4	12	True	i	p	0	False	0
12073	mode	25	-1	13	False	i	x	0	False	100
12073	granted	16	1	14	True	c	p	0	False	0
12073	fastpath	16	1	15	True	c	p	0	False	0
12073	waitstart	1184	8	16	True	d	p	0	False	0
12038	schemaname	19	64	1	False	c	p	0	False	950
12038	matviewname	19	64	2	False	c	p	0	False	950
12038	matviewowner	19	64	3	False	c	p	0	False	950
12038	tablespace	19	64	4	False	c	p	0	False	950
12038	hasindexes	16	1	5	True	c	p	0	False	0
12038	ispopulated	16	1	6	True	c	p	0	False	0
12038	definition	25	-1	7	False	i	x	0	False	100
2615	oid	26	4	1	True	i	p	0	True	0
2615	nspname	19	64	2	False	c	p	0	True	950
2615	nspowner	26	4	3	True	i	p	0	True	0
2615	nspacl	1034	-1	4	False	d	x	1	False	0
2616	oid	26	4	1	True	i	p	0	True	0
2616	opcmethod	26	4	2	True	i	p	0	True	0
2616	opcname	19	64	3	False	c	p	0	True	950
2616	opcnamespace	26	4	4	True	i	p	0	True	0
2616	opcowner	26	4	5	True	i	p	0	True	0
2616	opcfamily	26	4	6	True	i	p	0	True	0
2616	opcintype	26	4	7	True	i	p	0	True	0
2616	opcdefault	16	1	8	True	c	p	0	True	0
2616	opckeytype	26	4	9	True	i	p	0	True	0
2617	oid	26	4	1	True	i	p	0	True	0
2617	oprname	19	64	2	False	c	p	0	True	950
2617	oprnamespace	26	4	3	True	i	p	0	True	0
2617	oprowner	26	4	4	True	i	p	0	True	0
2617	oprkind	18	1	5	True	c	p	0	True	0
2617	oprcanmerge	16	1	6	True	c	p	0	True	0
2617	oprcanhash	16	1	7	True	c	p	0	True	0
2617	oprleft	26	4	8	True	i	p	0	True	0
2617	oprright	26	4	9	True	i	p	0	True	0
2617	oprresult	26	4	10	True	i	p	0	True	0
2617	oprcom	26	4	11	True	i	p	0	True	0
2617	oprnegate	26	4	12	True	i	p	0	True	0
2617	oprcode	24	4	13	True	i	p	0	True	0
2617	oprrest	24	4	14	True	i	p	0	True	0
2617	oprjoin	24	4	15	True	i	p	0	True	0
2753	oid	26	4	1	True	i	p	0	True	0
2753	opfmethod	26	4	2	True	i	p	0	True	0
2753	opfname	19	64	3	False	c	p	0	True	950
2753	opfnamespace	26	4	4	True	i	p	0	True	0
2753	opfowner	26	4	5	True	i	p	0	True	0
6243	oid	26	4	1	True	i	p	0	True	0
6243	parname	25	-1	2	False	i	x	0	True	100
6243	paracl	1034	-1	3	False	d	x	1	False	0
3350	partrelid	26	4	1	True	i	p	0	True	0
3350	partstrat	18	1	2	True	c	p	0	True	0
3350	partnatts	21	2	3	True	s	p	0	True	0
3350	partdefid	26	4	4	True	i	p	0	True	0
3350	partattrs	22	-1	5	False	i	p	0	True	0
3350	partclass	30	-1	6	False	i	p	0	True	0
3350	partcollation	30	-1	7	False	i	p	0	True	0
3350	partexprs	194	-1	8	False	i	x	0	False	100
12018	schemaname	19	64	1	False	c	p	0	False	950
12018	tablename	19	64	2	False	c	p	0	False	950
12018	policyname	19	64	3	False	c	p	0	False	950
12018	permissive	25	-1	4	False	i	x	0	False	100
12018	roles	1003	-1	5	False	i	x	1	False	950
12018	cmd	25	-1	6	False	i	x	0	False	100
12018	qual	25	-1	7	False	i	x	0	False	100
12018	with_check	25	-1	8	False	i	x	0	False	100
3256	oid	26	4	1	True	i	p	0	True	0
3256	polname	19	64	2	False	c	p	0	True	950
3256	polrelid	26	4	3	True	i	p	0	True	0
3256	polcmd	18	1	4	True	c	p	0	True	0
3256	polpermissive	16	1	5	True	c	p	0	True	0
3256	polroles	1028	-1	6	False	i	x	1	True	0
3256	polqual	194	-1	7	False	i	x	0	False	100
3256	polwithcheck	194	-1	8	False	i	x	0	False	100
12095	name	25	-1	1	False	i	x	0	False	100
12095	statement	25	-1	2	False	i	x	0	False	100
12095	prepare_time	1184	8	3	True	d	p	0	False	0
12095	parameter_types	2211	-1	4	False	i	x	1	False	0
12095	result_types	2211	-1	5	False	i	x	1	False	0
12095	from_sql	16	1	6	True	c	p	0	False	0
12095	generic_plans	20	8	7	True	d	p	0	False	0
12095	custom_plans	20	8	8	True	d	p	0	False	0
12090	transaction	28	4	1	True	i	p	0	False	0
12090	gid	25	-1	2	False	i	x	0	False	100
12090	prepared	1184	8	3	True	d	p	0	False	0
12090	owner	19	64	4	False	c	p	0	False	950
12090	database	19	64	5	False	c	p	0	False	950
1255	oid	26	4	1	True	i	p	0	True	0
1255	proname	19	64	2	False	c	p	0	True	950
1255	pronamespace	26	4	3	True	i	p	0	True	0
1255	proowner	26	4	4	True	i	p	0	True	0
1255	prolang	26	4	5	True	i	p	0	True	0
1255	procost	700	4	6	True	i	p	0	True	0
1255	prorows	700	4	7	True	i	p	0	True	0
1255	provariadic	26	4	8	True	i	p	0	True	0
1255	prosupport	24	4	9	True	i	p	0	True	0
1255	prokind	18	1	10	True	c	p	0	True	0
1255	prosecdef	16	1	11	True	c	p	0	True	0
1255	proleakproof	16	1	12	True	c	p	0	True	0
1255	proisstrict	16	1	13	True	c	p	0	True	0
1255	proretset	16	1	14	True	c	p	0	True	0
1255	provolatile	18	1	15	True	c	p	0	True	0
1255	proparallel	18	1	16	True	c	p	0	True	0
1255	pronargs	21	2	17	True	s	p	0	True	0
1255	pronargdefaults	21	2	18	True	s	p	0	True	0
1255	prorettype	26	4	19	True	i	p	0	True	0
1255	proargtypes	30	-1	20	False	i	p	0	True	0
1255	proallargtypes	1028	-1	21	False	i	x	1	False	0
1255	proargmodes	1002	-1	22	False	i	x	1	False	0
1255	proargnames	1009	-1	23	False	i	x	1	False	100
1255	proargdefaults	194	-1	24	False	i	x	0	False	100
1255	protrftypes	1028	-1	25	False	i	x	1	False	0
1255	prosrc	25	-1	26	False	i	x	0	True	100
1255	probin	25	-1	27	False	i	x	0	False	100
1255	prosqlbody	194	-1	28	False	i	x	0	False	100
1255	proconfig	1009	-1	29	False	i	x	1	False	100
1255	proacl	1034	-1	30	False	d	x	1	False	0
6104	oid	26	4	1	True	i	p	0	True	0
6104	pubname	19	64	2	False	c	p	0	True	950
6104	pubowner	26	4	3	True	i	p	0	True	0
6104	puballtables	16	1	4	True	c	p	0	True	0
6104	pubinsert	16	1	5	True	c	p	0	True	0
6104	pubupdate	16	1	6	True	c	p	0	True	0
6104	pubdelete	16	1	7	True	c	p	0	True	0
6104	pubtruncate	16	1	8	True	c	p	0	True	0
6104	pubviaroot	16	1	9	True	c	p	0	True	0
6104	pubgencols	18	1	10	True	c	p	0	True	0
6237	oid	26	4	1	True	i	p	0	True	0
6237	pnpubid	26	4	2	True	i	p	0	True	0
6237	pnnspid	26	4	3	True	i	p	0	True	0
6106	oid	26	4	1	True	i	p	0	True	0
6106	prpubid	26	4	2	True	i	p	0	True	0
6106	prrelid	26	4	3	True	i	p	0	True	0
6106	prqual	194	-1	4	False	i	x	0	False	100
6106	prattrs	22	-1	5	False	i	p	0	False	0
12068	pubname	19	64	1	False	c	p	0	False	950
12068	schemaname	19	64	2	False	c	p	0	False	950
12068	tablename	19	64	3	False	c	p	0	False	950
12068	attnames	1003	-1	4	False	i	x	1	False	950
12068	rowfilter	25	-1	5	False	i	x	0	False	100
3541	rngtypid	26	4	1	True	i	p	0	True	0
3541	rngsubtype	26	4	2	True	i	p	0	True	0
3541	rngmultitypid	26	4	3	True	i	p	0	True	0
3541	rngcollation	26	4	4	True	i	p	0	True	0
3541	rngsubopc	26	4	5	True	i	p	0	True	0
3541	rngcanonical	24	4	6	True	i	p	0	True	0
3541	rngsubdiff	24	4	7	True	i	p	0	True	0
6000	roident	26	4	1	True	i	p	0	True	0
6000	roname	25	-1	2	False	i	x	0	True	100
12343	local_id	26	4	1	True	i	p	0	False	0
12343	external_id	25	-1	2	False	i	x	0	False	100
12343	remote_lsn	3220	8	3	True	d	p	0	False	0
12343	local_lsn	3220	8	4	True	d	p	0	False	0
12261	slot_name	19	64	1	False	c	p	0	False	950
12261	plugin	19	64	2	False	c	p	0	False	950
12261	slot_type	25	-1	3	False	i	x	0	False	100
12261	datoid	26	4	4	True	i	p	0	False	0
12261	database	19	64	5	False	c	p	0	False	950
12261	temporary	16	1	6	True	c	p	0	False	0
12261	active	16	1	7	True	c	p	0	False	0
12261	active_pid	23	4	8	True	i	p	0	False	0
12261	xmin	28	4	9	True	i	p	0	False	0
12261	catalog_xmin	28	4	10	True	i	p	0	False	0
12261	restart_lsn	3220	8	11	True	d	p	0	False	0
12261	confirmed_flush_lsn	3220	8	12	True	d	p	0	False	0
12261	wal_status	25	-1	13	False	i	x	0	False	100
12261	safe_wal_size	20	8	14	True	d	p	0	False	0
12261	two_phase	16	1	15	True	c	p	0	False	0
12261	two_phase_at	3220	8	16	True	d	p	0	False	0
12261	inactive_since	1184	8	17	True	d	p	0	False	0
12261	conflicting	16	1	18	True	c	p	0	False	0
12261	invalidation_reason	25	-1	19	False	i	x	0	False	100
12261	failover	16	1	20	True	c	p	0	False	0
12261	synced	16	1	21	True	c	p	0	False	0
2618	oid	26	4	1	True	i	p	0	True	0
2618	rulename	19	64	2	False	c	p	0	True	950
2618	ev_class	26	4	3	True	i	p	0	True	0
2618	ev_type	18	1	4	True	c	p	0	True	0
2618	ev_enabled	18	1	5	True	c	p	0	True	0
2618	is_instead	16	1	6	True	c	p	0	True	0
2618	ev_qual	194	-1	7	False	i	x	0	True	100
2618	ev_action	194	-1	8	False	i	x	0	True	100
12000	rolname	19	64	1	False	c	p	0	False	950
12000	rolsuper	16	1	2	True	c	p	0	False	0
12000	rolinherit	16	1	3	True	c	p	0	False	0
12000	rolcreaterole	16	1	4	True	c	p	0	False	0
12000	rolcreatedb	16	1	5	True	c	p	0	False	0
12000	rolcanlogin	16	1	6	True	c	p	0	False	0
12000	rolreplication	16	1	7	True	c	p	0	False	0
12000	rolconnlimit	23	4	8	True	i	p	0	False	0
12000	rolpassword	25	-1	9	False	i	x	0	False	100
12000	rolvaliduntil	1184	8	10	True	d	p	0	False	0
12000	rolbypassrls	16	1	11	True	c	p	0	False	0
12000	rolconfig	1009	-1	12	False	i	x	1	False	100
12000	oid	26	4	13	True	i	p	0	False	0
12023	schemaname	19	64	1	False	c	p	0	False	950
12023	tablename	19	64	2	False	c	p	0	False	950
12023	rulename	19	64	3	False	c	p	0	False	950
12023	definition	25	-1	4	False	i	x	0	False	100
3596	objoid	26	4	1	True	i	p	0	True	0
3596	classoid	26	4	2	True	i	p	0	True	0
3596	objsubid	23	4	3	True	i	p	0	True	0
3596	provider	25	-1	4	False	i	x	0	True	100
3596	label	25	-1	5	False	i	x	0	True	100
12099	objoid	26	4	1	True	i	p	0	False	0
12099	classoid	26	4	2	True	i	p	0	False	0
12099	objsubid	23	4	3	True	i	p	0	False	0
12099	objtype	25	-1	4	False	i	x	0	False	100
12099	objnamespace	26	4	5	True	i	p	0	False	0
12099	objname	25	-1	6	False	i	x	0	False	100
12099	provider	25	-1	7	False	i	x	0	False	100
12099	label	25	-1	8	False	i	x	0	False	100
2224	seqrelid	26	4	1	True	i	p	0	True	0
2224	seqtypid	26	4	2	True	i	p	0	True	0
2224	seqstart	20	8	3	True	d	p	0	True	0
2224	seqincrement	20	8	4	True	d	p	0	True	0
2224	seqmax	20	8	5	True	d	p	0	True	0
2224	seqmin	20	8	6	True	d	p	0	True	0
2224	seqcache	20	8	7	True	d	p	0	True	0
2224	seqcycle	16	1	8	True	c	p	0	True	0
12048	schemaname	19	64	1	False	c	p	0	False	950
12048	sequencename	19	64	2	False	c	p	0	False	950
12048	sequenceowner	19	64	3	False	c	p	0	False	950
12048	data_type	2206	4	4	True	i	p	0	False	0
12048	start_value	20	8	5	True	d	p	0	False	0
12048	min_value	20	8	6	True	d	p	0	False	0
12048	max_value	20	8	7	True	d	p	0	False	0
12048	increment_by	20	8	8	True	d	p	0	False	0
12048	cycle	16	1	9	True	c	p	0	False	0
12048	cache_size	20	8	10	True	d	p	0	False	0
12048	last_value	20	8	11	True	d	p	0	False	0
12104	name	25	-1	1	False	i	x	0	False	100
12104	setting	25	-1	2	False	i	x	0	False	100
12104	unit	25	-1	3	False	i	x	0	False	100
12104	category	25	-1	4	False	i	x	0	False	100
12104	short_desc	25	-1	5	False	i	x	0	False	100
12104	extra_desc	25	-1	6	False	i	x	0	False	100
12104	context	25	-1	7	False	i	x	0	False	100
12104	vartype	25	-1	8	False	i	x	0	False	100
12104	source	25	-1	9	False	i	x	0	False	100
12104	min_val	25	-1	10	False	i	x	0	False	100
12104	max_val	25	-1	11	False	i	x	0	False	100
12104	enumvals	1009	-1	12	False	i	x	1	False	100
12104	boot_val	25	-1	13	False	i	x	0	False	100
12104	reset_val	25	-1	14	False	i	x	0	False	100
12104	sourcefile	25	-1	15	False	i	x	0	False	100
12104	sourceline	23	4	16	True	i	p	0	False	0
12104	pending_restart	16	1	17	True	c	p	0	False	0
12005	usename	19	64	1	False	c	p	0	False	950
12005	usesysid	26	4	2	True	i	p	0	False	0
12005	usecreatedb	16	1	3	True	c	p	0	False	0
12005	usesuper	16	1	4	True	c	p	0	False	0
12005	userepl	16	1	5	True	c	p	0	False	0
12005	usebypassrls	16	1	6	True	c	p	0	False	0
12005	passwd	25	-1	7	False	i	x	0	False	100
12005	valuntil	1184	8	8	True	d	p	0	False	0
12005	useconfig	1009	-1	9	False	i	x	1	False	100
1214	dbid	26	4	1	True	i	p	0	True	0
1214	classid	26	4	2	True	i	p	0	True	0
1214	objid	26	4	3	True	i	p	0	True	0
1214	objsubid	23	4	4	True	i	p	0	True	0
1214	refclassid	26	4	5	True	i	p	0	True	0
1214	refobjid	26	4	6	True	i	p	0	True	0
1214	deptype	18	1	7	True	c	p	0	True	0
2396	objoid	26	4	1	True	i	p	0	True	0
2396	classoid	26	4	2	True	i	p	0	True	0
2396	description	25	-1	3	False	i	x	0	True	100
12134	name	25	-1	1	False	i	x	0	False	100
12134	off	20	8	2	True	d	p	0	False	0
12134	size	20	8	3	True	d	p	0	False	0
12134	allocated_size	20	8	4	True	d	p	0	False	0
12138	name	25	-1	1	False	i	x	0	False	100
12138	numa_node	23	4	2	True	i	p	0	False	0
12138	size	20	8	3	True	d	p	0	False	0
3592	objoid	26	4	1	True	i	p	0	True	0
3592	classoid	26	4	2	True	i	p	0	True	0
3592	provider	25	-1	3	False	i	x	0	True	100
3592	label	25	-1	4	False	i	x	0	True	100
12226	datid	26	4	1	True	i	p	0	False	0
12226	datname	19	64	2	False	c	p	0	False	950
12226	pid	23	4	3	True	i	p	0	False	0
12226	leader_pid	23	4	4	True	i	p	0	False	0
12226	usesysid	26	4	5	True	i	p	0	False	0
12226	usename	19	64	6	False	c	p	0	False	950
12226	application_name	25	-1	7	False	i	x	0	False	100
12226	client_addr	869	-1	8	False	i	m	0	False	0
12226	client_hostname	25	-1	9	False	i	x	0	False	100
12226	client_port	23	4	10	True	i	p	0	False	0
12226	backend_start	1184	8	11	True	d	p	0	False	0
12226	xact_start	1184	8	12	True	d	p	0	False	0
12226	query_start	1184	8	13	True	d	p	0	False	0
12226	state_change	1184	8	14	True	d	p	0	False	0
12226	wait_event_type	25	-1	15	False	i	x	0	False	100
12226	wait_event	25	-1	16	False	i	x	0	False	100
12226	state	25	-1	17	False	i	x	0	False	100
12226	backend_xid	28	4	18	True	i	p	0	False	0
12226	backend_xmin	28	4	19	True	i	p	0	False	0
12226	query_id	20	8	20	True	d	p	0	False	0
12226	query	25	-1	21	False	i	x	0	False	100
12226	backend_type	25	-1	22	False	i	x	0	False	100
12187	relid	26	4	1	True	i	p	0	False	0
12187	indexrelid	26	4	2	True	i	p	0	False	0
12187	schemaname	19	64	3	False	c	p	0	False	950
12187	relname	19	64	4	False	c	p	0	False	950
12187	indexrelname	19	64	5	False	c	p	0	False	950
12187	idx_scan	20	8	6	True	d	p	0	False	0
12187	last_idx_scan	1184	8	7	True	d	p	0	False	0
12187	idx_tup_read	20	8	8	True	d	p	0	False	0
12187	idx_tup_fetch	20	8	9	True	d	p	0	False	0
12146	relid	26	4	1	True	i	p	0	False	0
12146	schemaname	19	64	2	False	c	p	0	False	950
12146	relname	19	64	3	False	c	p	0	False	950
12146	seq_scan	20	8	4	True	d	p	0	False	0
12146	last_seq_scan	1184	8	5	True	d	p	0	False	0
12146	seq_tup_read	20	8	6	True	d	p	0	False	0
12146	idx_scan	20	8	7	True	d	p	0	False	0
12146	last_idx_scan	1184	8	8	True	d	p	0	False	0
12146	idx_tup_fetch	20	8	9	True	d	p	0	False	0
12146	n_tup_ins	20	8	10	True	d	p	0	False	0
12146	n_tup_upd	20	8	11	True	d	p	0	False	0
12146	n_tup_del	20	8	12	True	d	p	0	False	0
12146	n_tup_hot_upd	20	8	13	True	d	p	0	False	0
12146	n_tup_newpage_upd	20	8	14	True	d	p	0	False	0
12146	n_live_tup	20	8	15	True	d	p	0	False	0
12146	n_dead_tup	20	8	16	True	d	p	0	False	0
12146	n_mod_since_analyze	20	8	17	True	d	p	0	False	0
12146	n_ins_since_vacuum	20	8	18	True	d	p	0	False	0
12146	last_vacuum	1184	8	19	True	d	p	0	False	0
12146	last_autovacuum	1184	8	20	True	d	p	0	False	0
12146	last_analyze	1184	8	21	True	d	p	0	False	0
12146	last_autoanalyze	1184	8	22	True	d	p	0	False	0
12146	vacuum_count	20	8	23	True	d	p	0	False	0
12146	autovacuum_count	20	8	24	True	d	p	0	False	0
12146	analyze_count	20	8	25	True	d	p	0	False	0
12146	autoanalyze_count	20	8	26	True	d	p	0	False	0
12146	total_vacuum_time	701	8	27	True	d	p	0	False	0
12146	total_autovacuum_time	701	8	28	True	d	p	0	False	0
12146	total_analyze_time	701	8	29	True	d	p	0	False	0
12146	total_autoanalyze_time	701	8	30	True	d	p	0	False	0
12289	archived_count	20	8	1	True	d	p	0	False	0
12289	last_archived_wal	25	-1	2	False	i	x	0	False	100
12289	last_archived_time	1184	8	3	True	d	p	0	False	0
12289	failed_count	20	8	4	True	d	p	0	False	0
12289	last_failed_wal	25	-1	5	False	i	x	0	False	100
12289	last_failed_time	1184	8	6	True	d	p	0	False	0
12289	stats_reset	1184	8	7	True	d	p	0	False	0
12293	buffers_clean	20	8	1	True	d	p	0	False	0
12293	maxwritten_clean	20	8	2	True	d	p	0	False	0
12293	buffers_alloc	20	8	3	True	d	p	0	False	0
12293	stats_reset	1184	8	4	True	d	p	0	False	0
12293	checkpoints_timed	20	8	5	True	d	p	0	False	0
12293	checkpoints_req	20	8	6	True	d	p	0	False	0
12293	checkpoint_write_time	701	8	7	True	d	p	0	False	0
12293	checkpoint_sync_time	701	8	8	True	d	p	0	False	0
12293	buffers_checkpoint	20	8	9	True	d	p	0	False	0
12293	buffers_backend	20	8	10	True	d	p	0	False	0
12293	buffers_backend_fsync	20	8	11	True	d	p	0	False	0
12297	num_timed	20	8	1	True	d	p	0	False	0
12297	num_requested	20	8	2	True	d	p	0	False	0
12297	num_done	20	8	3	True	d	p	0	False	0
12297	restartpoints_timed	20	8	4	True	d	p	0	False	0
12297	restartpoints_req	20	8	5	True	d	p	0	False	0
12297	restartpoints_done	20	8	6	True	d	p	0	False	0
12297	write_time	701	8	7	True	d	p	0	False	0
12297	sync_time	701	8	8	True	d	p	0	False	0
12297	buffers_written	20	8	9	True	d	p	0	False	0
12297	slru_written	20	8	10	True	d	p	0	False	0
12297	stats_reset	1184	8	11	True	d	p	0	False	0
12270	datid	26	4	1	True	i	p	0	False	0
12270	datname	19	64	2	False	c	p	0	False	950
12270	numbackends	23	4	3	True	i	p	0	False	0
12270	xact_commit	20	8	4	True	d	p	0	False	0
12270	xact_rollback	20	8	5	True	d	p	0	False	0
12270	blks_read	20	8	6	True	d	p	0	False	0
12270	blks_hit	20	8	7	True	d	p	0	False	0
12270	tup_returned	20	8	8	True	d	p	0	False	0
12270	tup_fetched	20	8	9	True	d	p	0	False	0
12270	tup_inserted	20	8	10	True	d	p	0	False	0
12270	tup_updated	20	8	11	True	d	p	0	False	0
12270	tup_deleted	20	8	12	True	d	p	0	False	0
12270	conflicts	20	8	13	True	d	p	0	False	0
12270	temp_files	20	8	14	True	d	p	0	False	0
12270	temp_bytes	20	8	15	True	d	p	0	False	0
12270	deadlocks	20	8	16	True	d	p	0	False	0
12270	checksum_failures	20	8	17	True	d	p	0	False	0
12270	checksum_last_failure	1184	8	18	True	d	p	0	False	0
12270	blk_read_time	701	8	19	True	d	p	0	False	0
12270	blk_write_time	701	8	20	True	d	p	0	False	0
12270	session_time	701	8	21	True	d	p	0	False	0
12270	active_time	701	8	22	True	d	p	0	False	0
12270	idle_in_transaction_time	701	8	23	True	d	p	0	False	0
12270	sessions	20	8	24	True	d	p	0	False	0
12270	sessions_abandoned	20	8	25	True	d	p	0	False	0
12270	sessions_fatal	20	8	26	True	d	p	0	False	0
12270	sessions_killed	20	8	27	True	d	p	0	False	0
12270	parallel_workers_to_launch	20	8	28	True	d	p	0	False	0
12270	parallel_workers_launched	20	8	29	True	d	p	0	False	0
12270	stats_reset	1184	8	30	True	d	p	0	False	0
12275	datid	26	4	1	True	i	p	0	False	0
12275	datname	19	64	2	False	c	p	0	False	950
12275	confl_tablespace	20	8	3	True	d	p	0	False	0
12275	confl_lock	20	8	4	True	d	p	0	False	0
12275	confl_snapshot	20	8	5	True	d	p	0	False	0
12275	confl_bufferpin	20	8	6	True	d	p	0	False	0
12275	confl_deadlock	20	8	7	True	d	p	0	False	0
12275	confl_active_logicalslot	20	8	8	True	d	p	0	False	0
12257	pid	23	4	1	True	i	p	0	False	0
12257	gss_authenticated	16	1	2	True	c	p	0	False	0
12257	principal	25	-1	3	False	i	x	0	False	100
12257	encrypted	16	1	4	True	c	p	0	False	0
12257	credentials_delegated	16	1	5	True	c	p	0	False	0
12301	backend_type	25	-1	1	False	i	x	0	False	100
12301	object	25	-1	2	False	i	x	0	False	100
12301	context	25	-1	3	False	i	x	0	False	100
12301	reads	20	8	4	True	d	p	0	False	0
12301	read_bytes	1700	-1	5	False	i	m	0	False	0
12301	read_time	701	8	6	True	d	p	0	False	0
12301	writes	20	8	7	True	d	p	0	False	0
12301	write_bytes	1700	-1	8	False	i	m	0	False	0
12301	write_time	701	8	9	True	d	p	0	False	0
12301	writebacks	20	8	10	True	d	p	0	False	0
12301	writeback_time	701	8	11	True	d	p	0	False	0
12301	extends	20	8	12	True	d	p	0	False	0
12301	extend_bytes	1700	-1	13	False	i	m	0	False	0
12301	extend_time	701	8	14	True	d	p	0	False	0
12301	hits	20	8	15	True	d	p	0	False	0
12301	evictions	20	8	16	True	d	p	0	False	0
12301	reuses	20	8	17	True	d	p	0	False	0
12301	fsyncs	20	8	18	True	d	p	0	False	0
12301	fsync_time	701	8	19	True	d	p	0	False	0
12301	stats_reset	1184	8	20	True	d	p	0	False	0
12309	pid	23	4	1	True	i	p	0	False	0
12309	datid	26	4	2	True	i	p	0	False	0
12309	datname	19	64	3	False	c	p	0	False	950
12309	relid	26	4	4	True	i	p	0	False	0
12309	phase	25	-1	5	False	i	x	0	False	100
12309	sample_blks_total	20	8	6	True	d	p	0	False	0
12309	sample_blks_scanned	20	8	7	True	d	p	0	False	0
12309	ext_stats_total	20	8	8	True	d	p	0	False	0
12309	ext_stats_computed	20	8	9	True	d	p	0	False	0
12309	child_tables_total	20	8	10	True	d	p	0	False	0
12309	child_tables_done	20	8	11	True	d	p	0	False	0
12309	current_child_table_relid	26	4	12	True	i	p	0	False	0
12309	delay_time	701	8	13	True	d	p	0	False	0
12329	pid	23	4	1	True	i	p	0	False	0
12329	phase	25	-1	2	False	i	x	0	False	100
12329	backup_total	20	8	3	True	d	p	0	False	0
12329	backup_streamed	20	8	4	True	d	p	0	False	0
12329	tablespaces_total	20	8	5	True	d	p	0	False	0
12329	tablespaces_streamed	20	8	6	True	d	p	0	False	0
12319	pid	23	4	1	True	i	p	0	False	0
12319	datid	26	4	2	True	i	p	0	False	0
12319	datname	19	64	3	False	c	p	0	False	950
12319	relid	26	4	4	True	i	p	0	False	0
12319	command	25	-1	5	False	i	x	0	False	100
12319	phase	25	-1	6	False	i	x	0	False	100
12319	cluster_index_relid	26	4	7	True	i	p	0	False	0
12319	heap_tuples_scanned	20	8	8	True	d	p	0	False	0
12319	heap_tuples_written	20	8	9	True	d	p	0	False	0
12319	heap_blks_total	20	8	10	True	d	p	0	False	0
12319	heap_blks_scanned	20	8	11	True	d	p	0	False	0
12319	index_rebuild_count	20	8	12	True	d	p	0	False	0
12333	pid	23	4	1	True	i	p	0	False	0
12333	datid	26	4	2	True	i	p	0	False	0
12333	datname	19	64	3	False	c	p	0	False	950
12333	relid	26	4	4	True	i	p	0	False	0
12333	command	25	-1	5	False	i	x	0	False	100
12333	type	25	-1	6	False	i	x	0	False	100
12333	bytes_processed	20	8	7	True	d	p	0	False	0
12333	bytes_total	20	8	8	True	d	p	0	False	0
12333	tuples_processed	20	8	9	True	d	p	0	False	0
12333	tuples_excluded	20	8	10	True	d	p	0	False	0
12333	tuples_skipped	20	8	11	True	d	p	0	False	0
12324	pid	23	4	1	True	i	p	0	False	0
12324	datid	26	4	2	True	i	p	0	False	0
12324	datname	19	64	3	False	c	p	0	False	950
12324	relid	26	4	4	True	i	p	0	False	0
12324	index_relid	26	4	5	True	i	p	0	False	0
12324	command	25	-1	6	False	i	x	0	False	100
12324	phase	25	-1	7	False	i	x	0	False	100
12324	lockers_total	20	8	8	True	d	p	0	False	0
12324	lockers_done	20	8	9	True	d	p	0	False	0
12324	current_locker_pid	20	8	10	True	d	p	0	False	0
12324	blocks_total	20	8	11	True	d	p	0	False	0
12324	blocks_done	20	8	12	True	d	p	0	False	0
12324	tuples_total	20	8	13	True	d	p	0	False	0
12324	tuples_done	20	8	14	True	d	p	0	False	0
12324	partitions_total	20	8	15	True	d	p	0	False	0
12324	partitions_done	20	8	16	True	d	p	0	False	0
12314	pid	23	4	1	True	i	p	0	False	0
12314	datid	26	4	2	True	i	p	0	False	0
12314	datname	19	64	3	False	c	p	0	False	950
12314	relid	26	4	4	True	i	p	0	False	0
12314	phase	25	-1	5	False	i	x	0	False	100
12314	heap_blks_total	20	8	6	True	d	p	0	False	0
12314	heap_blks_scanned	20	8	7	True	d	p	0	False	0
12314	heap_blks_vacuumed	20	8	8	True	d	p	0	False	0
12314	index_vacuum_count	20	8	9	True	d	p	0	False	0
12314	max_dead_tuple_bytes	20	8	10	True	d	p	0	False	0
12314	dead_tuple_bytes	20	8	11	True	d	p	0	False	0
12314	num_dead_item_ids	20	8	12	True	d	p	0	False	0
12314	indexes_total	20	8	13	True	d	p	0	False	0
12314	indexes_processed	20	8	14	True	d	p	0	False	0
12314	delay_time	701	8	15	True	d	p	0	False	0
12314	max_dead_tuples	20	8	16	True	d	p	0	False	0
12314	num_dead_tuples	20	8	17	True	d	p	0	False	0
12244	stats_reset	1184	8	1	True	d	p	0	False	0
12244	prefetch	20	8	2	True	d	p	0	False	0
12244	hit	20	8	3	True	d	p	0	False	0
12244	skip_init	20	8	4	True	d	p	0	False	0
12244	skip_new	20	8	5	True	d	p	0	False	0
12244	skip_fpw	20	8	6	True	d	p	0	False	0
12244	skip_rep	20	8	7	True	d	p	0	False	0
12244	wal_distance	23	4	8	True	i	p	0	False	0
12244	block_distance	23	4	9	True	i	p	0	False	0
12244	io_depth	23	4	10	True	i	p	0	False	0
12231	pid	23	4	1	True	i	p	0	False	0
12231	usesysid	26	4	2	True	i	p	0	False	0
12231	usename	19	64	3	False	c	p	0	False	950
12231	application_name	25	-1	4	False	i	x	0	False	100
12231	client_addr	869	-1	5	False	i	m	0	False	0
12231	client_hostname	25	-1	6	False	i	x	0	False	100
12231	client_port	23	4	7	True	i	p	0	False	0
12231	backend_start	1184	8	8	True	d	p	0	False	0
12231	backend_xmin	28	4	9	True	i	p	0	False	0
12231	state	25	-1	10	False	i	x	0	False	100
12231	sent_lsn	3220	8	11	True	d	p	0	False	0
12231	write_lsn	3220	8	12	True	d	p	0	False	0
12231	flush_lsn	3220	8	13	True	d	p	0	False	0
12231	replay_lsn	3220	8	14	True	d	p	0	False	0
12231	write_lag	1186	16	15	False	d	p	0	False	0
12231	flush_lag	1186	16	16	False	d	p	0	False	0
12231	replay_lag	1186	16	17	False	d	p	0	False	0
12231	sync_priority	23	4	18	True	i	p	0	False	0
12231	sync_state	25	-1	19	False	i	x	0	False	100
12231	reply_time	1184	8	20	True	d	p	0	False	0
12266	slot_name	25	-1	1	False	i	x	0	False	100
12266	spill_txns	20	8	2	True	d	p	0	False	0
12266	spill_count	20	8	3	True	d	p	0	False	0
12266	spill_bytes	20	8	4	True	d	p	0	False	0
12266	stream_txns	20	8	5	True	d	p	0	False	0
12266	stream_count	20	8	6	True	d	p	0	False	0
12266	stream_bytes	20	8	7	True	d	p	0	False	0
12266	total_txns	20	8	8	True	d	p	0	False	0
12266	total_bytes	20	8	9	True	d	p	0	False	0
12266	stats_reset	1184	8	10	True	d	p	0	False	0
12236	name	25	-1	1	False	i	x	0	False	100
12236	blks_zeroed	20	8	2	True	d	p	0	False	0
12236	blks_hit	20	8	3	True	d	p	0	False	0
12236	blks_read	20	8	4	True	d	p	0	False	0
12236	blks_written	20	8	5	True	d	p	0	False	0
12236	blks_exists	20	8	6	True	d	p	0	False	0
12236	flushes	20	8	7	True	d	p	0	False	0
12236	truncates	20	8	8	True	d	p	0	False	0
12236	stats_reset	1184	8	9	True	d	p	0	False	0
12253	pid	23	4	1	True	i	p	0	False	0
12253	ssl	16	1	2	True	c	p	0	False	0
12253	version	25	-1	3	False	i	x	0	False	100
12253	cipher	25	-1	4	False	i	x	0	False	100
12253	bits	23	4	5	True	i	p	0	False	0
12253	client_dn	25	-1	6	False	i	x	0	False	100
12253	client_serial	1700	-1	7	False	i	m	0	False	0
12253	issuer_dn	25	-1	8	False	i	x	0	False	100
12248	subid	26	4	1	True	i	p	0	False	0
12248	subname	19	64	2	False	c	p	0	False	950
12248	worker_type	25	-1	3	False	i	x	0	False	100
12248	pid	23	4	4	True	i	p	0	False	0
12248	leader_pid	23	4	5	True	i	p	0	False	0
12248	relid	26	4	6	True	i	p	0	False	0
12248	received_lsn	3220	8	7	True	d	p	0	False	0
12248	last_msg_send_time	1184	8	8	True	d	p	0	False	0
12248	last_msg_receipt_time	1184	8	9	True	d	p	0	False	0
12248	latest_end_lsn	3220	8	10	True	d	p	0	False	0
12248	latest_end_time	1184	8	11	True	d	p	0	False	0
12347	subid	26	4	1	True	i	p	0	False	0
12347	subname	19	64	2	False	c	p	0	False	950
12347	apply_error_count	20	8	3	True	d	p	0	False	0
12347	sync_error_count	20	8	4	True	d	p	0	False	0
12347	confl_insert_exists	20	8	5	True	d	p	0	False	0
12347	confl_update_origin_differs	20	8	6	True	d	p	0	False	0
12347	confl_update_exists	20	8	7	True	d	p	0	False	0
12347	confl_update_missing	20	8	8	True	d	p	0	False	0
12347	confl_delete_origin_differs	20	8	9	True	d	p	0	False	0
12347	confl_delete_missing	20	8	10	True	d	p	0	False	0
12347	confl_multiple_unique_conflicts	20	8	11	True	d	p	0	False	0
12347	stats_reset	1184	8	12	True	d	p	0	False	0
12192	relid	26	4	1	True	i	p	0	False	0
12192	indexrelid	26	4	2	True	i	p	0	False	0
12192	schemaname	19	64	3	False	c	p	0	False	950
12192	relname	19	64	4	False	c	p	0	False	950
12192	indexrelname	19	64	5	False	c	p	0	False	950
12192	idx_scan	20	8	6	True	d	p	0	False	0
12192	last_idx_scan	1184	8	7	True	d	p	0	False	0
12192	idx_tup_read	20	8	8	True	d	p	0	False	0
12192	idx_tup_fetch	20	8	9	True	d	p	0	False	0
12156	relid	26	4	1	True	i	p	0	False	0
12156	schemaname	19	64	2	False	c	p	0	False	950
12156	relname	19	64	3	False	c	p	0	False	950
12156	seq_scan	20	8	4	True	d	p	0	False	0
12156	last_seq_scan	1184	8	5	True	d	p	0	False	0
12156	seq_tup_read	20	8	6	True	d	p	0	False	0
12156	idx_scan	20	8	7	True	d	p	0	False	0
12156	last_idx_scan	1184	8	8	True	d	p	0	False	0
12156	idx_tup_fetch	20	8	9	True	d	p	0	False	0
12156	n_tup_ins	20	8	10	True	d	p	0	False	0
12156	n_tup_upd	20	8	11	True	d	p	0	False	0
12156	n_tup_del	20	8	12	True	d	p	0	False	0
12156	n_tup_hot_upd	20	8	13	True	d	p	0	False	0
12156	n_tup_newpage_upd	20	8	14	True	d	p	0	False	0
12156	n_live_tup	20	8	15	True	d	p	0	False	0
12156	n_dead_tup	20	8	16	True	d	p	0	False	0
12156	n_mod_since_analyze	20	8	17	True	d	p	0	False	0
12156	n_ins_since_vacuum	20	8	18	True	d	p	0	False	0
12156	last_vacuum	1184	8	19	True	d	p	0	False	0
12156	last_autovacuum	1184	8	20	True	d	p	0	False	0
12156	last_analyze	1184	8	21	True	d	p	0	False	0
12156	last_autoanalyze	1184	8	22	True	d	p	0	False	0
12156	vacuum_count	20	8	23	True	d	p	0	False	0
12156	autovacuum_count	20	8	24	True	d	p	0	False	0
12156	analyze_count	20	8	25	True	d	p	0	False	0
12156	autoanalyze_count	20	8	26	True	d	p	0	False	0
12156	total_vacuum_time	701	8	27	True	d	p	0	False	0
12156	total_autovacuum_time	701	8	28	True	d	p	0	False	0
12156	total_analyze_time	701	8	29	True	d	p	0	False	0
12156	total_autoanalyze_time	701	8	30	True	d	p	0	False	0
12279	funcid	26	4	1	True	i	p	0	False	0
12279	schemaname	19	64	2	False	c	p	0	False	950
12279	funcname	19	64	3	False	c	p	0	False	950
12279	calls	20	8	4	True	d	p	0	False	0
12279	total_time	701	8	5	True	d	p	0	False	0
12279	self_time	701	8	6	True	d	p	0	False	0
12196	relid	26	4	1	True	i	p	0	False	0
12196	indexrelid	26	4	2	True	i	p	0	False	0
12196	schemaname	19	64	3	False	c	p	0	False	950
12196	relname	19	64	4	False	c	p	0	False	950
12196	indexrelname	19	64	5	False	c	p	0	False	950
12196	idx_scan	20	8	6	True	d	p	0	False	0
12196	last_idx_scan	1184	8	7	True	d	p	0	False	0
12196	idx_tup_read	20	8	8	True	d	p	0	False	0
12196	idx_tup_fetch	20	8	9	True	d	p	0	False	0
12165	relid	26	4	1	True	i	p	0	False	0
12165	schemaname	19	64	2	False	c	p	0	False	950
12165	relname	19	64	3	False	c	p	0	False	950
12165	seq_scan	20	8	4	True	d	p	0	False	0
12165	last_seq_scan	1184	8	5	True	d	p	0	False	0
12165	seq_tup_read	20	8	6	True	d	p	0	False	0
12165	idx_scan	20	8	7	True	d	p	0	False	0
12165	last_idx_scan	1184	8	8	True	d	p	0	False	0
12165	idx_tup_fetch	20	8	9	True	d	p	0	False	0
12165	n_tup_ins	20	8	10	True	d	p	0	False	0
12165	n_tup_upd	20	8	11	True	d	p	0	False	0
12165	n_tup_del	20	8	12	True	d	p	0	False	0
12165	n_tup_hot_upd	20	8	13	True	d	p	0	False	0
12165	n_tup_newpage_upd	20	8	14	True	d	p	0	False	0
12165	n_live_tup	20	8	15	True	d	p	0	False	0
12165	n_dead_tup	20	8	16	True	d	p	0	False	0
12165	n_mod_since_analyze	20	8	17	True	d	p	0	False	0
12165	n_ins_since_vacuum	20	8	18	True	d	p	0	False	0
12165	last_vacuum	1184	8	19	True	d	p	0	False	0
12165	last_autovacuum	1184	8	20	True	d	p	0	False	0
12165	last_analyze	1184	8	21	True	d	p	0	False	0
12165	last_autoanalyze	1184	8	22	True	d	p	0	False	0
12165	vacuum_count	20	8	23	True	d	p	0	False	0
12165	autovacuum_count	20	8	24	True	d	p	0	False	0
12165	analyze_count	20	8	25	True	d	p	0	False	0
12165	autoanalyze_count	20	8	26	True	d	p	0	False	0
12165	total_vacuum_time	701	8	27	True	d	p	0	False	0
12165	total_autovacuum_time	701	8	28	True	d	p	0	False	0
12165	total_analyze_time	701	8	29	True	d	p	0	False	0
12165	total_autoanalyze_time	701	8	30	True	d	p	0	False	0
12305	wal_records	20	8	1	True	d	p	0	False	0
12305	wal_fpi	20	8	2	True	d	p	0	False	0
12305	wal_bytes	1700	-1	3	False	i	m	0	False	0
12305	wal_buffers_full	20	8	4	True	d	p	0	False	0
12305	stats_reset	1184	8	5	True	d	p	0	False	0
12305	wal_write	20	8	6	True	d	p	0	False	0
12305	wal_sync	20	8	7	True	d	p	0	False	0
12305	wal_write_time	701	8	8	True	d	p	0	False	0
12305	wal_sync_time	701	8	9	True	d	p	0	False	0
12240	pid	23	4	1	True	i	p	0	False	0
12240	status	25	-1	2	False	i	x	0	False	100
12240	receive_start_lsn	3220	8	3	True	d	p	0	False	0
12240	receive_start_tli	23	4	4	True	i	p	0	False	0
12240	written_lsn	3220	8	5	True	d	p	0	False	0
12240	flushed_lsn	3220	8	6	True	d	p	0	False	0
12240	received_tli	23	4	7	True	i	p	0	False	0
12240	last_msg_send_time	1184	8	8	True	d	p	0	False	0
12240	last_msg_receipt_time	1184	8	9	True	d	p	0	False	0
12240	latest_end_lsn	3220	8	10	True	d	p	0	False	0
12240	latest_end_time	1184	8	11	True	d	p	0	False	0
12240	slot_name	25	-1	12	False	i	x	0	False	100
12240	sender_host	25	-1	13	False	i	x	0	False	100
12240	sender_port	23	4	14	True	i	p	0	False	0
12240	conninfo	25	-1	15	False	i	x	0	False	100
12151	relid	26	4	1	True	i	p	0	False	0
12151	schemaname	19	64	2	False	c	p	0	False	950
12151	relname	19	64	3	False	c	p	0	False	950
12151	seq_scan	20	8	4	True	d	p	0	False	0
12151	seq_tup_read	20	8	5	True	d	p	0	False	0
12151	idx_scan	20	8	6	True	d	p	0	False	0
12151	idx_tup_fetch	20	8	7	True	d	p	0	False	0
12151	n_tup_ins	20	8	8	True	d	p	0	False	0
12151	n_tup_upd	20	8	9	True	d	p	0	False	0
12151	n_tup_del	20	8	10	True	d	p	0	False	0
12151	n_tup_hot_upd	20	8	11	True	d	p	0	False	0
12151	n_tup_newpage_upd	20	8	12	True	d	p	0	False	0
12161	relid	26	4	1	True	i	p	0	False	0
12161	schemaname	19	64	2	False	c	p	0	False	950
12161	relname	19	64	3	False	c	p	0	False	950
12161	seq_scan	20	8	4	True	d	p	0	False	0
12161	seq_tup_read	20	8	5	True	d	p	0	False	0
12161	idx_scan	20	8	6	True	d	p	0	False	0
12161	idx_tup_fetch	20	8	7	True	d	p	0	False	0
12161	n_tup_ins	20	8	8	True	d	p	0	False	0
12161	n_tup_upd	20	8	9	True	d	p	0	False	0
12161	n_tup_del	20	8	10	True	d	p	0	False	0
12161	n_tup_hot_upd	20	8	11	True	d	p	0	False	0
12161	n_tup_newpage_upd	20	8	12	True	d	p	0	False	0
12284	funcid	26	4	1	True	i	p	0	False	0
12284	schemaname	19	64	2	False	c	p	0	False	950
12284	funcname	19	64	3	False	c	p	0	False	950
12284	calls	20	8	4	True	d	p	0	False	0
12284	total_time	701	8	5	True	d	p	0	False	0
12284	self_time	701	8	6	True	d	p	0	False	0
12170	relid	26	4	1	True	i	p	0	False	0
12170	schemaname	19	64	2	False	c	p	0	False	950
12170	relname	19	64	3	False	c	p	0	False	950
12170	seq_scan	20	8	4	True	d	p	0	False	0
12170	seq_tup_read	20	8	5	True	d	p	0	False	0
12170	idx_scan	20	8	6	True	d	p	0	False	0
12170	idx_tup_fetch	20	8	7	True	d	p	0	False	0
12170	n_tup_ins	20	8	8	True	d	p	0	False	0
12170	n_tup_upd	20	8	9	True	d	p	0	False	0
12170	n_tup_del	20	8	10	True	d	p	0	False	0
12170	n_tup_hot_upd	20	8	11	True	d	p	0	False	0
12170	n_tup_newpage_upd	20	8	12	True	d	p	0	False	0
12200	relid	26	4	1	True	i	p	0	False	0
12200	indexrelid	26	4	2	True	i	p	0	False	0
12200	schemaname	19	64	3	False	c	p	0	False	950
12200	relname	19	64	4	False	c	p	0	False	950
12200	indexrelname	19	64	5	False	c	p	0	False	950
12200	idx_blks_read	20	8	6	True	d	p	0	False	0
12200	idx_blks_hit	20	8	7	True	d	p	0	False	0
12213	relid	26	4	1	True	i	p	0	False	0
12213	schemaname	19	64	2	False	c	p	0	False	950
12213	relname	19	64	3	False	c	p	0	False	950
12213	blks_read	20	8	4	True	d	p	0	False	0
12213	blks_hit	20	8	5	True	d	p	0	False	0
12174	relid	26	4	1	True	i	p	0	False	0
12174	schemaname	19	64	2	False	c	p	0	False	950
12174	relname	19	64	3	False	c	p	0	False	950
12174	heap_blks_read	20	8	4	True	d	p	0	False	0
12174	heap_blks_hit	20	8	5	True	d	p	0	False	0
12174	idx_blks_read	20	8	6	True	d	p	0	False	0
12174	idx_blks_hit	20	8	7	True	d	p	0	False	0
12174	toast_blks_read	20	8	8	True	d	p	0	False	0
12174	toast_blks_hit	20	8	9	True	d	p	0	False	0
12174	tidx_blks_read	20	8	10	True	d	p	0	False	0
12174	tidx_blks_hit	20	8	11	True	d	p	0	False	0
12205	relid	26	4	1	True	i	p	0	False	0
12205	indexrelid	26	4	2	True	i	p	0	False	0
12205	schemaname	19	64	3	False	c	p	0	False	950
12205	relname	19	64	4	False	c	p	0	False	950
12205	indexrelname	19	64	5	False	c	p	0	False	950
12205	idx_blks_read	20	8	6	True	d	p	0	False	0
12205	idx_blks_hit	20	8	7	True	d	p	0	False	0
12218	relid	26	4	1	True	i	p	0	False	0
12218	schemaname	19	64	2	False	c	p	0	False	950
12218	relname	19	64	3	False	c	p	0	False	950
12218	blks_read	20	8	4	True	d	p	0	False	0
12218	blks_hit	20	8	5	True	d	p	0	False	0
12179	relid	26	4	1	True	i	p	0	False	0
12179	schemaname	19	64	2	False	c	p	0	False	950
12179	relname	19	64	3	False	c	p	0	False	950
12179	heap_blks_read	20	8	4	True	d	p	0	False	0
12179	heap_blks_hit	20	8	5	True	d	p	0	False	0
12179	idx_blks_read	20	8	6	True	d	p	0	False	0
12179	idx_blks_hit	20	8	7	True	d	p	0	False	0
12179	toast_blks_read	20	8	8	True	d	p	0	False	0
12179	toast_blks_hit	20	8	9	True	d	p	0	False	0
12179	tidx_blks_read	20	8	10	True	d	p	0	False	0
12179	tidx_blks_hit	20	8	11	True	d	p	0	False	0
12209	relid	26	4	1	True	i	p	0	False	0
12209	indexrelid	26	4	2	True	i	p	0	False	0
12209	schemaname	19	64	3	False	c	p	0	False	950
12209	relname	19	64	4	False	c	p	0	False	950
12209	indexrelname	19	64	5	False	c	p	0	False	950
12209	idx_blks_read	20	8	6	True	d	p	0	False	0
12209	idx_blks_hit	20	8	7	True	d	p	0	False	0
12222	relid	26	4	1	True	i	p	0	False	0
12222	schemaname	19	64	2	False	c	p	0	False	950
12222	relname	19	64	3	False	c	p	0	False	950
12222	blks_read	20	8	4	True	d	p	0	False	0
12222	blks_hit	20	8	5	True	d	p	0	False	0
12183	relid	26	4	1	True	i	p	0	False	0
12183	schemaname	19	64	2	False	c	p	0	False	950
12183	relname	19	64	3	False	c	p	0	False	950
12183	heap_blks_read	20	8	4	True	d	p	0	False	0
12183	heap_blks_hit	20	8	5	True	d	p	0	False	0
12183	idx_blks_read	20	8	6	True	d	p	0	False	0
12183	idx_blks_hit	20	8	7	True	d	p	0	False	0
12183	toast_blks_read	20	8	8	True	d	p	0	False	0
12183	toast_blks_hit	20	8	9	True	d	p	0	False	0
12183	tidx_blks_read	20	8	10	True	d	p	0	False	0
12183	tidx_blks_hit	20	8	11	True	d	p	0	False	0
2619	starelid	26	4	1	True	i	p	0	True	0
2619	staattnum	21	2	2	True	s	p	0	True	0
2619	stainherit	16	1	3	True	c	p	0	True	0
2619	stanullfrac	700	4	4	True	i	p	0	True	0
2619	stawidth	23	4	5	True	i	p	0	True	0
2619	stadistinct	700	4	6	True	i	p	0	True	0
2619	stakind1	21	2	7	True	s	p	0	True	0
2619	stakind2	21	2	8	True	s	p	0	True	0
2619	stakind3	21	2	9	True	s	p	0	True	0
2619	stakind4	21	2	10	True	s	p	0	True	0
2619	stakind5	21	2	11	True	s	p	0	True	0
2619	staop1	26	4	12	True	i	p	0	True	0
2619	staop2	26	4	13	True	i	p	0	True	0
2619	staop3	26	4	14	True	i	p	0	True	0
2619	staop4	26	4	15	True	i	p	0	True	0
2619	staop5	26	4	16	True	i	p	0	True	0
2619	stacoll1	26	4	17	True	i	p	0	True	0
2619	stacoll2	26	4	18	True	i	p	0	True	0
2619	stacoll3	26	4	19	True	i	p	0	True	0
2619	stacoll4	26	4	20	True	i	p	0	True	0
2619	stacoll5	26	4	21	True	i	p	0	True	0
2619	stanumbers1	1021	-1	22	False	i	x	1	False	0
2619	stanumbers2	1021	-1	23	False	i	x	1	False	0
2619	stanumbers3	1021	-1	24	False	i	x	1	False	0
2619	stanumbers4	1021	-1	25	False	i	x	1	False	0
2619	stanumbers5	1021	-1	26	False	i	x	1	False	0
2619	stavalues1	2277	-1	27	False	d	x	0	False	0
2619	stavalues2	2277	-1	28	False	d	x	0	False	0
2619	stavalues3	2277	-1	29	False	d	x	0	False	0
2619	stavalues4	2277	-1	30	False	d	x	0	False	0
2619	stavalues5	2277	-1	31	False	d	x	0	False	0
3381	oid	26	4	1	True	i	p	0	True	0
3381	stxrelid	26	4	2	True	i	p	0	True	0
3381	stxname	19	64	3	False	c	p	0	True	950
3381	stxnamespace	26	4	4	True	i	p	0	True	0
3381	stxowner	26	4	5	True	i	p	0	True	0
3381	stxkeys	22	-1	6	False	i	p	0	True	0
3381	stxstattarget	21	2	7	True	s	p	0	False	0
3381	stxkind	1002	-1	8	False	i	x	1	True	0
3381	stxexprs	194	-1	9	False	i	x	0	False	100
3429	stxoid	26	4	1	True	i	p	0	True	0
3429	stxdinherit	16	1	2	True	c	p	0	True	0
3429	stxdndistinct	3361	-1	3	False	i	x	0	False	100
3429	stxddependencies	3402	-1	4	False	i	x	0	False	100
3429	stxdmcv	5017	-1	5	False	i	x	0	False	100
3429	stxdexpr	10028	-1	6	False	d	x	1	False	0
12053	schemaname	19	64	1	False	c	p	0	False	950
12053	tablename	19	64	2	False	c	p	0	False	950
12053	attname	19	64	3	False	c	p	0	False	950
12053	inherited	16	1	4	True	c	p	0	False	0
12053	null_frac	700	4	5	True	i	p	0	False	0
12053	avg_width	23	4	6	True	i	p	0	False	0
12053	n_distinct	700	4	7	True	i	p	0	False	0
12053	most_common_vals	2277	-1	8	False	d	x	0	False	0
12053	most_common_freqs	1021	-1	9	False	i	x	1	False	0
12053	histogram_bounds	2277	-1	10	False	d	x	0	False	0
12053	correlation	700	4	11	True	i	p	0	False	0
12053	most_common_elems	2277	-1	12	False	d	x	0	False	0
12053	most_common_elem_freqs	1021	-1	13	False	i	x	1	False	0
12053	elem_count_histogram	1021	-1	14	False	i	x	1	False	0
12053	range_length_histogram	2277	-1	15	False	d	x	0	False	0
12053	range_empty_frac	700	4	16	True	i	p	0	False	0
12053	range_bounds_histogram	2277	-1	17	False	d	x	0	False	0
12058	schemaname	19	64	1	False	c	p	0	False	950
12058	tablename	19	64	2	False	c	p	0	False	950
12058	statistics_schemaname	19	64	3	False	c	p	0	False	950
12058	statistics_name	19	64	4	False	c	p	0	False	950
12058	statistics_owner	19	64	5	False	c	p	0	False	950
12058	attnames	1003	-1	6	False	i	x	1	False	950
12058	exprs	1009	-1	7	False	i	x	1	False	100
12058	kinds	1002	-1	8	False	i	x	1	False	0
12058	inherited	16	1	9	True	c	p	0	False	0
12058	n_distinct	3361	-1	10	False	i	x	0	False	100
12058	dependencies	3402	-1	11	False	i	x	0	False	100
12058	most_common_vals	1009	-1	12	False	i	x	1	False	100
12058	most_common_val_nulls	1000	-1	13	False	i	x	1	False	0
12058	most_common_freqs	1022	-1	14	False	d	x	1	False	0
12058	most_common_base_freqs	1022	-1	15	False	d	x	1	False	0
12063	schemaname	19	64	1	False	c	p	0	False	950
12063	tablename	19	64	2	False	c	p	0	False	950
12063	statistics_schemaname	19	64	3	False	c	p	0	False	950
12063	statistics_name	19	64	4	False	c	p	0	False	950
12063	statistics_owner	19	64	5	False	c	p	0	False	950
12063	expr	25	-1	6	False	i	x	0	False	100
12063	inherited	16	1	7	True	c	p	0	False	0
12063	null_frac	700	4	8	True	i	p	0	False	0
12063	avg_width	23	4	9	True	i	p	0	False	0
12063	n_distinct	700	4	10	True	i	p	0	False	0
12063	most_common_vals	2277	-1	11	False	d	x	0	False	0
12063	most_common_freqs	1021	-1	12	False	i	x	1	False	0
12063	histogram_bounds	2277	-1	13	False	d	x	0	False	0
12063	correlation	700	4	14	True	i	p	0	False	0
12063	most_common_elems	2277	-1	15	False	d	x	0	False	0
12063	most_common_elem_freqs	1021	-1	16	False	i	x	1	False	0
12063	elem_count_histogram	1021	-1	17	False	i	x	1	False	0
6100	oid	26	4	1	True	i	p	0	True	0
6100	subdbid	26	4	2	True	i	p	0	True	0
6100	subskiplsn	3220	8	3	True	d	p	0	True	0
6100	subname	19	64	4	False	c	p	0	True	950
6100	subowner	26	4	5	True	i	p	0	True	0
6100	subenabled	16	1	6	True	c	p	0	True	0
6100	subbinary	16	1	7	True	c	p	0	True	0
6100	substream	18	1	8	True	c	p	0	True	0
6100	subtwophasestate	18	1	9	True	c	p	0	True	0
6100	subdisableonerr	16	1	10	True	c	p	0	True	0
6100	subpasswordrequired	16	1	11	True	c	p	0	True	0
6100	subrunasowner	16	1	12	True	c	p	0	True	0
6100	subfailover	16	1	13	True	c	p	0	True	0
6100	subconninfo	25	-1	14	False	i	x	0	True	100
6100	subslotname	19	64	15	False	c	p	0	False	950
6100	subsynccommit	25	-1	16	False	i	x	0	True	100
6100	subpublications	1009	-1	17	False	i	x	1	True	100
6100	suborigin	25	-1	18	False	i	x	0	False	100
6102	srsubid	26	4	1	True	i	p	0	True	0
6102	srrelid	26	4	2	True	i	p	0	True	0
6102	srsubstate	18	1	3	True	c	p	0	True	0
6102	srsublsn	3220	8	4	True	d	p	0	False	0
12033	schemaname	19	64	1	False	c	p	0	False	950
12033	tablename	19	64	2	False	c	p	0	False	950
12033	tableowner	19	64	3	False	c	p	0	False	950
12033	tablespace	19	64	4	False	c	p	0	False	950
12033	hasindexes	16	1	5	True	c	p	0	False	0
12033	hasrules	16	1	6	True	c	p	0	False	0
12033	hastriggers	16	1	7	True	c	p	0	False	0
12033	rowsecurity	16	1	8	True	c	p	0	False	0
1213	oid	26	4	1	True	i	p	0	True	0
1213	spcname	19	64	2	False	c	p	0	True	950
1213	spcowner	26	4	3	True	i	p	0	True	0
1213	spcacl	1034	-1	4	False	d	x	1	False	0
1213	spcoptions	1009	-1	5	False	i	x	1	False	100
12122	abbrev	25	-1	1	False	i	x	0	False	100
12122	utc_offset	1186	16	2	False	d	p	0	False	0
12122	is_dst	16	1	3	True	c	p	0	False	0
12126	name	25	-1	1	False	i	x	0	False	100
12126	abbrev	25	-1	2	False	i	x	0	False	100
12126	utc_offset	1186	16	3	False	d	p	0	False	0
12126	is_dst	16	1	4	True	c	p	0	False	0
3576	oid	26	4	1	True	i	p	0	True	0
3576	trftype	26	4	2	True	i	p	0	True	0
3576	trflang	26	4	3	True	i	p	0	True	0
3576	trffromsql	24	4	4	True	i	p	0	True	0
3576	trftosql	24	4	5	True	i	p	0	True	0
2620	oid	26	4	1	True	i	p	0	True	0
2620	tgrelid	26	4	2	True	i	p	0	True	0
2620	tgparentid	26	4	3	True	i	p	0	True	0
2620	tgname	19	64	4	False	c	p	0	True	950
2620	tgfoid	26	4	5	True	i	p	0	True	0
2620	tgtype	21	2	6	True	s	p	0	True	0
2620	tgenabled	18	1	7	True	c	p	0	True	0
2620	tgisinternal	16	1	8	True	c	p	0	True	0
2620	tgconstrrelid	26	4	9	True	i	p	0	True	0
2620	tgconstrindid	26	4	10	True	i	p	0	True	0
2620	tgconstraint	26	4	11	True	i	p	0	True	0
2620	tgdeferrable	16	1	12	True	c	p	0	True	0
2620	tginitdeferred	16	1	13	True	c	p	0	True	0
2620	tgnargs	21	2	14	True	s	p	0	True	0
2620	tgattr	22	-1	15	False	i	p	0	True	0
2620	tgargs	17	-1	16	False	i	x	0	True	0
2620	tgqual	194	-1	17	False	i	x	0	False	100
2620	tgoldtable	19	64	18	False	c	p	0	False	950
2620	tgnewtable	19	64	19	False	c	p	0	False	950
3602	oid	26	4	1	True	i	p	0	True	0
3602	cfgname	19	64	2	False	c	p	0	True	950
3602	cfgnamespace	26	4	3	True	i	p	0	True	0
3602	cfgowner	26	4	4	True	i	p	0	True	0
3602	cfgparser	26	4	5	True	i	p	0	True	0
3603	mapcfg	26	4	1	True	i	p	0	True	0
3603	maptokentype	23	4	2	True	i	p	0	True	0
3603	mapseqno	23	4	3	True	i	p	0	True	0
3603	mapdict	26	4	4	True	i	p	0	True	0
3600	oid	26	4	1	True	i	p	0	True	0
3600	dictname	19	64	2	False	c	p	0	True	950
3600	dictnamespace	26	4	3	True	i	p	0	True	0
3600	dictowner	26	4	4	True	i	p	0	True	0
3600	dicttemplate	26	4	5	True	i	p	0	True	0
3600	dictinitoption	25	-1	6	False	i	x	0	False	100
3601	oid	26	4	1	True	i	p	0	True	0
3601	prsname	19	64	2	False	c	p	0	True	950
3601	prsnamespace	26	4	3	True	i	p	0	True	0
3601	prsstart	24	4	4	True	i	p	0	True	0
3601	prstoken	24	4	5	True	i	p	0	True	0
3601	prsend	24	4	6	True	i	p	0	True	0
3601	prsheadline	24	4	7	True	i	p	0	True	0
3601	prslextype	24	4	8	True	i	p	0	True	0
3764	oid	26	4	1	True	i	p	0	True	0
3764	tmplname	19	64	2	False	c	p	0	True	950
3764	tmplnamespace	26	4	3	True	i	p	0	True	0
3764	tmplinit	24	4	4	True	i	p	0	True	0
3764	tmpllexize	24	4	5	True	i	p	0	True	0
1247	oid	26	4	1	True	i	p	0	True	0
1247	typname	19	64	2	False	c	p	0	True	950
1247	typnamespace	26	4	3	True	i	p	0	True	0
1247	typowner	26	4	4	True	i	p	0	True	0
1247	typlen	21	2	5	True	s	p	0	True	0
1247	typbyval	16	1	6	True	c	p	0	True	0
1247	typtype	18	1	7	True	c	p	0	True	0
1247	typcategory	18	1	8	True	c	p	0	True	0
1247	typispreferred	16	1	9	True	c	p	0	True	0
1247	typisdefined	16	1	10	True	c	p	0	True	0
1247	typdelim	18	1	11	True	c	p	0	True	0
1247	typrelid	26	4	12	True	i	p	0	True	0
1247	typsubscript	24	4	13	True	i	p	0	True	0
1247	typelem	26	4	14	True	i	p	0	True	0
1247	typarray	26	4	15	True	i	p	0	True	0
1247	typinput	24	4	16	True	i	p	0	True	0
1247	typoutput	24	4	17	True	i	p	0	True	0
1247	typreceive	24	4	18	True	i	p	0	True	0
1247	typsend	24	4	19	True	i	p	0	True	0
1247	typmodin	24	4	20	True	i	p	0	True	0
1247	typmodout	24	4	21	True	i	p	0	True	0
1247	typanalyze	24	4	22	True	i	p	0	True	0
1247	typalign	18	1	23	True	c	p	0	True	0
1247	typstorage	18	1	24	True	c	p	0	True	0
1247	typnotnull	16	1	25	True	c	p	0	True	0
1247	typbasetype	26	4	26	True	i	p	0	True	0
1247	typtypmod	23	4	27	True	i	p	0	True	0
1247	typndims	23	4	28	True	i	p	0	True	0
1247	typcollation	26	4	29	True	i	p	0	True	0
1247	typdefaultbin	194	-1	30	False	i	x	0	False	100
1247	typdefault	25	-1	31	False	i	x	0	False	100
1247	typacl	1034	-1	32	False	d	x	1	False	0
12014	usename	19	64	1	False	c	p	0	False	950
12014	usesysid	26	4	2	True	i	p	0	False	0
12014	usecreatedb	16	1	3	True	c	p	0	False	0
12014	usesuper	16	1	4	True	c	p	0	False	0
12014	userepl	16	1	5	True	c	p	0	False	0
12014	usebypassrls	16	1	6	True	c	p	0	False	0
12014	passwd	25	-1	7	False	i	x	0	False	100
12014	valuntil	1184	8	8	True	d	p	0	False	0
12014	useconfig	1009	-1	9	False	i	x	1	False	100
1418	oid	26	4	1	True	i	p	0	True	0
1418	umuser	26	4	2	True	i	p	0	True	0
1418	umserver	26	4	3	True	i	p	0	True	0
1418	umoptions	1009	-1	4	False	i	x	1	False	100
12338	umid	26	4	1	True	i	p	0	False	0
12338	srvid	26	4	2	True	i	p	0	False	0
12338	srvname	19	64	3	False	c	p	0	False	950
12338	umuser	26	4	4	True	i	p	0	False	0
12338	usename	19	64	5	False	c	p	0	False	950
12338	umoptions	1009	-1	6	False	i	x	1	False	100
12028	schemaname	19	64	1	False	c	p	0	False	950
12028	viewname	19	64	2	False	c	p	0	False	950
12028	viewowner	19	64	3	False	c	p	0	False	950
12028	definition	25	-1	4	False	i	x	0	False	100
12351	type	25	-1	1	False	i	x	0	False	100
12351	name	25	-1	2	False	i	x	0	False	100
12351	description	25	-1	3	False	i	x	0	False	100
12720	oid	26	4	1	True	i	p	0	False	0
12720	fdwowner	26	4	2	True	i	p	0	False	0
12720	fdwoptions	1009	-1	3	False	i	x	1	False	100
12720	foreign_data_wrapper_catalog	19	64	4	False	c	p	0	False	950
12720	foreign_data_wrapper_name	19	64	5	False	c	p	0	False	950
12720	authorization_identifier	19	64	6	False	c	p	0	False	950
12720	foreign_data_wrapper_language	1043	-1	7	False	i	x	0	False	950
12732	oid	26	4	1	True	i	p	0	False	0
12732	srvoptions	1009	-1	2	False	i	x	1	False	100
12732	foreign_server_catalog	19	64	3	False	c	p	0	False	950
12732	foreign_server_name	19	64	4	False	c	p	0	False	950
12732	foreign_data_wrapper_catalog	19	64	5	False	c	p	0	False	950
12732	foreign_data_wrapper_name	19	64	6	False	c	p	0	False	950
12732	foreign_server_type	1043	-1	7	False	i	x	0	False	950
12732	foreign_server_version	1043	-1	8	False	i	x	0	False	950
12732	authorization_identifier	19	64	9	False	c	p	0	False	950
12711	nspname	19	64	1	False	c	p	0	False	950
12711	relname	19	64	2	False	c	p	0	False	950
12711	attname	19	64	3	False	c	p	0	False	950
12711	attfdwoptions	1009	-1	4	False	i	x	1	False	100
12744	foreign_table_catalog	19	64	1	False	c	p	0	False	950
12744	foreign_table_schema	19	64	2	False	c	p	0	False	950
12744	foreign_table_name	19	64	3	False	c	p	0	False	950
12744	ftoptions	1009	-1	4	False	i	x	1	False	100
12744	foreign_server_catalog	19	64	5	False	c	p	0	False	950
12744	foreign_server_name	19	64	6	False	c	p	0	False	950
12744	authorization_identifier	19	64	7	False	c	p	0	False	950
12757	oid	26	4	1	True	i	p	0	False	0
12757	umoptions	1009	-1	2	False	i	x	1	False	100
12757	umuser	26	4	3	True	i	p	0	False	0
12757	authorization_identifier	19	64	4	False	c	p	0	False	950
12757	foreign_server_catalog	19	64	5	False	c	p	0	False	950
12757	foreign_server_name	19	64	6	False	c	p	0	False	950
12757	srvowner	19	64	7	False	c	p	0	False	950
12455	grantee	19	64	1	False	c	p	0	False	950
12455	role_name	19	64	2	False	c	p	0	False	950
12455	is_grantable	1043	-1	3	False	i	x	0	False	950
12450	grantee	19	64	1	False	c	p	0	False	950
12450	role_name	19	64	2	False	c	p	0	False	950
12450	is_grantable	1043	-1	3	False	i	x	0	False	950
12459	udt_catalog	19	64	1	False	c	p	0	False	950
12459	udt_schema	19	64	2	False	c	p	0	False	950
12459	udt_name	19	64	3	False	c	p	0	False	950
12459	attribute_name	19	64	4	False	c	p	0	False	950
12459	ordinal_position	23	4	5	True	i	p	0	False	0
12459	attribute_default	1043	-1	6	False	i	x	0	False	950
12459	is_nullable	1043	-1	7	False	i	x	0	False	950
12459	data_type	1043	-1	8	False	i	x	0	False	950
12459	character_maximum_length	23	4	9	True	i	p	0	False	0
12459	character_octet_length	23	4	10	True	i	p	0	False	0
12459	character_set_catalog	19	64	11	False	c	p	0	False	950
12459	character_set_schema	19	64	12	False	c	p	0	False	950
12459	character_set_name	19	64	13	False	c	p	0	False	950
12459	collation_catalog	19	64	14	False	c	p	0	False	950
12459	collation_schema	19	64	15	False	c	p	0	False	950
12459	collation_name	19	64	16	False	c	p	0	False	950
12459	numeric_precision	23	4	17	True	i	p	0	False	0
12459	numeric_precision_radix	23	4	18	True	i	p	0	False	0
12459	numeric_scale	23	4	19	True	i	p	0	False	0
12459	datetime_precision	23	4	20	True	i	p	0	False	0
12459	interval_type	1043	-1	21	False	i	x	0	False	950
12459	interval_precision	23	4	22	True	i	p	0	False	0
12459	attribute_udt_catalog	19	64	23	False	c	p	0	False	950
12459	attribute_udt_schema	19	64	24	False	c	p	0	False	950
12459	attribute_udt_name	19	64	25	False	c	p	0	False	950
12459	scope_catalog	19	64	26	False	c	p	0	False	950
12459	scope_schema	19	64	27	False	c	p	0	False	950
12459	scope_name	19	64	28	False	c	p	0	False	950
12459	maximum_cardinality	23	4	29	True	i	p	0	False	0
12459	dtd_identifier	19	64	30	False	c	p	0	False	950
12459	is_derived_reference_attribute	1043	-1	31	False	i	x	0	False	950
12464	character_set_catalog	19	64	1	False	c	p	0	False	950
12464	character_set_schema	19	64	2	False	c	p	0	False	950
12464	character_set_name	19	64	3	False	c	p	0	False	950
12464	character_repertoire	19	64	4	False	c	p	0	False	950
12464	form_of_use	19	64	5	False	c	p	0	False	950
12464	default_collate_catalog	19	64	6	False	c	p	0	False	950
12464	default_collate_schema	19	64	7	False	c	p	0	False	950
12464	default_collate_name	19	64	8	False	c	p	0	False	950
12469	constraint_catalog	19	64	1	False	c	p	0	False	950
12469	constraint_schema	19	64	2	False	c	p	0	False	950
12469	constraint_name	19	64	3	False	c	p	0	False	950
12469	specific_catalog	19	64	4	False	c	p	0	False	950
12469	specific_schema	19	64	5	False	c	p	0	False	950
12469	specific_name	19	64	6	False	c	p	0	False	950
12474	constraint_catalog	19	64	1	False	c	p	0	False	950
12474	constraint_schema	19	64	2	False	c	p	0	False	950
12474	constraint_name	19	64	3	False	c	p	0	False	950
12474	check_clause	1043	-1	4	False	i	x	0	False	950
12484	collation_catalog	19	64	1	False	c	p	0	False	950
12484	collation_schema	19	64	2	False	c	p	0	False	950
12484	collation_name	19	64	3	False	c	p	0	False	950
12484	character_set_catalog	19	64	4	False	c	p	0	False	950
12484	character_set_schema	19	64	5	False	c	p	0	False	950
12484	character_set_name	19	64	6	False	c	p	0	False	950
12479	collation_catalog	19	64	1	False	c	p	0	False	950
12479	collation_schema	19	64	2	False	c	p	0	False	950
12479	collation_name	19	64	3	False	c	p	0	False	950
12479	pad_attribute	1043	-1	4	False	i	x	0	False	950
12489	table_catalog	19	64	1	False	c	p	0	False	950
12489	table_schema	19	64	2	False	c	p	0	False	950
12489	table_name	19	64	3	False	c	p	0	False	950
12489	column_name	19	64	4	False	c	p	0	False	950
12489	dependent_column	19	64	5	False	c	p	0	False	950
12494	domain_catalog	19	64	1	False	c	p	0	False	950
12494	domain_schema	19	64	2	False	c	p	0	False	950
12494	domain_name	19	64	3	False	c	p	0	False	950
12494	table_catalog	19	64	4	False	c	p	0	False	950
12494	table_schema	19	64	5	False	c	p	0	False	950
12494	table_name	19	64	6	False	c	p	0	False	950
12494	column_name	19	64	7	False	c	p	0	False	950
12716	table_catalog	19	64	1	False	c	p	0	False	950
12716	table_schema	19	64	2	False	c	p	0	False	950
12716	table_name	19	64	3	False	c	p	0	False	950
12716	column_name	19	64	4	False	c	p	0	False	950
12716	option_name	19	64	5	False	c	p	0	False	950
12716	option_value	1043	-1	6	False	i	x	0	False	950
12499	grantor	19	64	1	False	c	p	0	False	950
12499	grantee	19	64	2	False	c	p	0	False	950
12499	table_catalog	19	64	3	False	c	p	0	False	950
12499	table_schema	19	64	4	False	c	p	0	False	950
12499	table_name	19	64	5	False	c	p	0	False	950
12499	column_name	19	64	6	False	c	p	0	False	950
12499	privilege_type	1043	-1	7	False	i	x	0	False	950
12499	is_grantable	1043	-1	8	False	i	x	0	False	950
12504	udt_catalog	19	64	1	False	c	p	0	False	950
12504	udt_schema	19	64	2	False	c	p	0	False	950
12504	udt_name	19	64	3	False	c	p	0	False	950
12504	table_catalog	19	64	4	False	c	p	0	False	950
12504	table_schema	19	64	5	False	c	p	0	False	950
12504	table_name	19	64	6	False	c	p	0	False	950
12504	column_name	19	64	7	False	c	p	0	False	950
12509	table_catalog	19	64	1	False	c	p	0	False	950
12509	table_schema	19	64	2	False	c	p	0	False	950
12509	table_name	19	64	3	False	c	p	0	False	950
12509	column_name	19	64	4	False	c	p	0	False	950
12509	ordinal_position	23	4	5	True	i	p	0	False	0
12509	column_default	1043	-1	6	False	i	x	0	False	950
12509	is_nullable	1043	-1	7	False	i	x	0	False	950
12509	data_type	1043	-1	8	False	i	x	0	False	950
12509	character_maximum_length	23	4	9	True	i	p	0	False	0
12509	character_octet_length	23	4	10	True	i	p	0	False	0
12509	numeric_precision	23	4	11	True	i	p	0	False	0
12509	numeric_precision_radix	23	4	12	True	i	p	0	False	0
12509	numeric_scale	23	4	13	True	i	p	0	False	0
12509	datetime_precision	23	4	14	True	i	p	0	False	0
12509	interval_type	1043	-1	15	False	i	x	0	False	950
12509	interval_precision	23	4	16	True	i	p	0	False	0
12509	character_set_catalog	19	64	17	False	c	p	0	False	950
12509	character_set_schema	19	64	18	False	c	p	0	False	950
12509	character_set_name	19	64	19	False	c	p	0	False	950
12509	collation_catalog	19	64	20	False	c	p	0	False	950
12509	collation_schema	19	64	21	False	c	p	0	False	950
12509	collation_name	19	64	22	False	c	p	0	False	950
12509	domain_catalog	19	64	23	False	c	p	0	False	950
12509	domain_schema	19	64	24	False	c	p	0	False	950
12509	domain_name	19	64	25	False	c	p	0	False	950
12509	udt_catalog	19	64	26	False	c	p	0	False	950
12509	udt_schema	19	64	27	False	c	p	0	False	950
12509	udt_name	19	64	28	False	c	p	0	False	950
12509	scope_catalog	19	64	29	False	c	p	0	False	950
12509	scope_schema	19	64	30	False	c	p	0	False	950
12509	scope_name	19	64	31	False	c	p	0	False	950
12509	maximum_cardinality	23	4	32	True	i	p	0	False	0
12509	dtd_identifier	19	64	33	False	c	p	0	False	950
12509	is_self_referencing	1043	-1	34	False	i	x	0	False	950
12509	is_identity	1043	-1	35	False	i	x	0	False	950
12509	identity_generation	1043	-1	36	False	i	x	0	False	950
12509	identity_start	1043	-1	37	False	i	x	0	False	950
12509	identity_increment	1043	-1	38	False	i	x	0	False	950
12509	identity_maximum	1043	-1	39	False	i	x	0	False	950
12509	identity_minimum	1043	-1	40	False	i	x	0	False	950
12509	identity_cycle	1043	-1	41	False	i	x	0	False	950
12509	is_generated	1043	-1	42	False	i	x	0	False	950
12509	generation_expression	1043	-1	43	False	i	x	0	False	950
12509	is_updatable	1043	-1	44	False	i	x	0	False	950
12514	table_catalog	19	64	1	False	c	p	0	False	950
12514	table_schema	19	64	2	False	c	p	0	False	950
12514	table_name	19	64	3	False	c	p	0	False	950
12514	column_name	19	64	4	False	c	p	0	False	950
12514	constraint_catalog	19	64	5	False	c	p	0	False	950
12514	constraint_schema	19	64	6	False	c	p	0	False	950
12514	constraint_name	19	64	7	False	c	p	0	False	950
12519	table_catalog	19	64	1	False	c	p	0	False	950
12519	table_schema	19	64	2	False	c	p	0	False	950
12519	table_name	19	64	3	False	c	p	0	False	950
12519	constraint_catalog	19	64	4	False	c	p	0	False	950
12519	constraint_schema	19	64	5	False	c	p	0	False	950
12519	constraint_name	19	64	6	False	c	p	0	False	950
12701	object_catalog	19	64	1	False	c	p	0	False	950
12701	object_schema	19	64	2	False	c	p	0	False	950
12701	object_name	19	64	3	False	c	p	0	False	950
12701	object_type	1043	-1	4	False	i	x	0	False	950
12701	dtd_identifier	19	64	5	False	c	p	0	False	950
12524	constraint_catalog	19	64	1	False	c	p	0	False	950
12524	constraint_schema	19	64	2	False	c	p	0	False	950
12524	constraint_name	19	64	3	False	c	p	0	False	950
12524	domain_catalog	19	64	4	False	c	p	0	False	950
12524	domain_schema	19	64	5	False	c	p	0	False	950
12524	domain_name	19	64	6	False	c	p	0	False	950
12524	is_deferrable	1043	-1	7	False	i	x	0	False	950
12524	initially_deferred	1043	-1	8	False	i	x	0	False	950
12529	udt_catalog	19	64	1	False	c	p	0	False	950
12529	udt_schema	19	64	2	False	c	p	0	False	950
12529	udt_name	19	64	3	False	c	p	0	False	950
12529	domain_catalog	19	64	4	False	c	p	0	False	950
12529	domain_schema	19	64	5	False	c	p	0	False	950
12529	domain_name	19	64	6	False	c	p	0	False	950
12533	domain_catalog	19	64	1	False	c	p	0	False	950
12533	domain_schema	19	64	2	False	c	p	0	False	950
12533	domain_name	19	64	3	False	c	p	0	False	950
12533	data_type	1043	-1	4	False	i	x	0	False	950
12533	character_maximum_length	23	4	5	True	i	p	0	False	0
12533	character_octet_length	23	4	6	True	i	p	0	False	0
12533	character_set_catalog	19	64	7	False	c	p	0	False	950
12533	character_set_schema	19	64	8	False	c	p	0	False	950
12533	character_set_name	19	64	9	False	c	p	0	False	950
12533	collation_catalog	19	64	10	False	c	p	0	False	950
12533	collation_schema	19	64	11	False	c	p	0	False	950
12533	collation_name	19	64	12	False	c	p	0	False	950
12533	numeric_precision	23	4	13	True	i	p	0	False	0
12533	numeric_precision_radix	23	4	14	True	i	p	0	False	0
12533	numeric_scale	23	4	15	True	i	p	0	False	0
12533	datetime_precision	23	4	16	True	i	p	0	False	0
12533	interval_type	1043	-1	17	False	i	x	0	False	950
12533	interval_precision	23	4	18	True	i	p	0	False	0
12533	domain_default	1043	-1	19	False	i	x	0	False	950
12533	udt_catalog	19	64	20	False	c	p	0	False	950
12533	udt_schema	19	64	21	False	c	p	0	False	950
12533	udt_name	19	64	22	False	c	p	0	False	950
12533	scope_catalog	19	64	23	False	c	p	0	False	950
12533	scope_schema	19	64	24	False	c	p	0	False	950
12533	scope_name	19	64	25	False	c	p	0	False	950
12533	maximum_cardinality	23	4	26	True	i	p	0	False	0
12533	dtd_identifier	19	64	27	False	c	p	0	False	950
12706	object_catalog	19	64	1	False	c	p	0	False	950
12706	object_schema	19	64	2	False	c	p	0	False	950
12706	object_name	19	64	3	False	c	p	0	False	950
12706	object_type	1043	-1	4	False	i	x	0	False	950
12706	collection_type_identifier	19	64	5	False	c	p	0	False	950
12706	data_type	1043	-1	6	False	i	x	0	False	950
12706	character_maximum_length	23	4	7	True	i	p	0	False	0
12706	character_octet_length	23	4	8	True	i	p	0	False	0
12706	character_set_catalog	19	64	9	False	c	p	0	False	950
12706	character_set_schema	19	64	10	False	c	p	0	False	950
12706	character_set_name	19	64	11	False	c	p	0	False	950
12706	collation_catalog	19	64	12	False	c	p	0	False	950
12706	collation_schema	19	64	13	False	c	p	0	False	950
12706	collation_name	19	64	14	False	c	p	0	False	950
12706	numeric_precision	23	4	15	True	i	p	0	False	0
12706	numeric_precision_radix	23	4	16	True	i	p	0	False	0
12706	numeric_scale	23	4	17	True	i	p	0	False	0
12706	datetime_precision	23	4	18	True	i	p	0	False	0
12706	interval_type	1043	-1	19	False	i	x	0	False	950
12706	interval_precision	23	4	20	True	i	p	0	False	0
12706	udt_catalog	19	64	21	False	c	p	0	False	950
12706	udt_schema	19	64	22	False	c	p	0	False	950
12706	udt_name	19	64	23	False	c	p	0	False	950
12706	scope_catalog	19	64	24	False	c	p	0	False	950
12706	scope_schema	19	64	25	False	c	p	0	False	950
12706	scope_name	19	64	26	False	c	p	0	False	950
12706	maximum_cardinality	23	4	27	True	i	p	0	False	0
12706	dtd_identifier	19	64	28	False	c	p	0	False	950
12706	domain_default	1043	-1	29	False	i	x	0	False	950
12538	role_name	19	64	1	False	c	p	0	False	950
12724	foreign_data_wrapper_catalog	19	64	1	False	c	p	0	False	950
12724	foreign_data_wrapper_name	19	64	2	False	c	p	0	False	950
12724	option_name	19	64	3	False	c	p	0	False	950
12724	option_value	1043	-1	4	False	i	x	0	False	950
12728	foreign_data_wrapper_catalog	19	64	1	False	c	p	0	False	950
12728	foreign_data_wrapper_name	19	64	2	False	c	p	0	False	950
12728	authorization_identifier	19	64	3	False	c	p	0	False	950
12728	library_name	1043	-1	4	False	i	x	0	False	950
12728	foreign_data_wrapper_language	1043	-1	5	False	i	x	0	False	950
12736	foreign_server_catalog	19	64	1	False	c	p	0	False	950
12736	foreign_server_name	19	64	2	False	c	p	0	False	950
12736	option_name	19	64	3	False	c	p	0	False	950
12736	option_value	1043	-1	4	False	i	x	0	False	950
12740	foreign_server_catalog	19	64	1	False	c	p	0	False	950
12740	foreign_server_name	19	64	2	False	c	p	0	False	950
12740	foreign_data_wrapper_catalog	19	64	3	False	c	p	0	False	950
12740	foreign_data_wrapper_name	19	64	4	False	c	p	0	False	950
12740	foreign_server_type	1043	-1	5	False	i	x	0	False	950
12740	foreign_server_version	1043	-1	6	False	i	x	0	False	950
12740	authorization_identifier	19	64	7	False	c	p	0	False	950
12749	foreign_table_catalog	19	64	1	False	c	p	0	False	950
12749	foreign_table_schema	19	64	2	False	c	p	0	False	950
12749	foreign_table_name	19	64	3	False	c	p	0	False	950
12749	option_name	19	64	4	False	c	p	0	False	950
12749	option_value	1043	-1	5	False	i	x	0	False	950
12753	foreign_table_catalog	19	64	1	False	c	p	0	False	950
12753	foreign_table_schema	19	64	2	False	c	p	0	False	950
12753	foreign_table_name	19	64	3	False	c	p	0	False	950
12753	foreign_server_catalog	19	64	4	False	c	p	0	False	950
12753	foreign_server_name	19	64	5	False	c	p	0	False	950
12441	catalog_name	19	64	1	False	c	p	0	False	950
12542	constraint_catalog	19	64	1	False	c	p	0	False	950
12542	constraint_schema	19	64	2	False	c	p	0	False	950
12542	constraint_name	19	64	3	False	c	p	0	False	950
12542	table_catalog	19	64	4	False	c	p	0	False	950
12542	table_schema	19	64	5	False	c	p	0	False	950
12542	table_name	19	64	6	False	c	p	0	False	950
12542	column_name	19	64	7	False	c	p	0	False	950
12542	ordinal_position	23	4	8	True	i	p	0	False	0
12542	position_in_unique_constraint	23	4	9	True	i	p	0	False	0
12547	specific_catalog	19	64	1	False	c	p	0	False	950
12547	specific_schema	19	64	2	False	c	p	0	False	950
12547	specific_name	19	64	3	False	c	p	0	False	950
12547	ordinal_position	23	4	4	True	i	p	0	False	0
12547	parameter_mode	1043	-1	5	False	i	x	0	False	950
12547	is_result	1043	-1	6	False	i	x	0	False	950
12547	as_locator	1043	-1	7	False	i	x	0	False	950
12547	parameter_name	19	64	8	False	c	p	0	False	950
12547	data_type	1043	-1	9	False	i	x	0	False	950
12547	character_maximum_length	23	4	10	True	i	p	0	False	0
12547	character_octet_length	23	4	11	True	i	p	0	False	0
12547	character_set_catalog	19	64	12	False	c	p	0	False	950
12547	character_set_schema	19	64	13	False	c	p	0	False	950
12547	character_set_name	19	64	14	False	c	p	0	False	950
12547	collation_catalog	19	64	15	False	c	p	0	False	950
12547	collation_schema	19	64	16	False	c	p	0	False	950
12547	collation_name	19	64	17	False	c	p	0	False	950
12547	numeric_precision	23	4	18	True	i	p	0	False	0
12547	numeric_precision_radix	23	4	19	True	i	p	0	False	0
12547	numeric_scale	23	4	20	True	i	p	0	False	0
12547	datetime_precision	23	4	21	True	i	p	0	False	0
12547	interval_type	1043	-1	22	False	i	x	0	False	950
12547	interval_precision	23	4	23	True	i	p	0	False	0
12547	udt_catalog	19	64	24	False	c	p	0	False	950
12547	udt_schema	19	64	25	False	c	p	0	False	950
12547	udt_name	19	64	26	False	c	p	0	False	950
12547	scope_catalog	19	64	27	False	c	p	0	False	950
12547	scope_schema	19	64	28	False	c	p	0	False	950
12547	scope_name	19	64	29	False	c	p	0	False	950
12547	maximum_cardinality	23	4	30	True	i	p	0	False	0
12547	dtd_identifier	19	64	31	False	c	p	0	False	950
12547	parameter_default	1043	-1	32	False	i	x	0	False	950
12552	constraint_catalog	19	64	1	False	c	p	0	False	950
12552	constraint_schema	19	64	2	False	c	p	0	False	950
12552	constraint_name	19	64	3	False	c	p	0	False	950
12552	unique_constraint_catalog	19	64	4	False	c	p	0	False	950
12552	unique_constraint_schema	19	64	5	False	c	p	0	False	950
12552	unique_constraint_name	19	64	6	False	c	p	0	False	950
12552	match_option	1043	-1	7	False	i	x	0	False	950
12552	update_rule	1043	-1	8	False	i	x	0	False	950
12552	delete_rule	1043	-1	9	False	i	x	0	False	950
12557	grantor	19	64	1	False	c	p	0	False	950
12557	grantee	19	64	2	False	c	p	0	False	950
12557	table_catalog	19	64	3	False	c	p	0	False	950
12557	table_schema	19	64	4	False	c	p	0	False	950
12557	table_name	19	64	5	False	c	p	0	False	950
12557	column_name	19	64	6	False	c	p	0	False	950
12557	privilege_type	1043	-1	7	False	i	x	0	False	950
12557	is_grantable	1043	-1	8	False	i	x	0	False	950
12571	grantor	19	64	1	False	c	p	0	False	950
12571	grantee	19	64	2	False	c	p	0	False	950
12571	specific_catalog	19	64	3	False	c	p	0	False	950
12571	specific_schema	19	64	4	False	c	p	0	False	950
12571	specific_name	19	64	5	False	c	p	0	False	950
12571	routine_catalog	19	64	6	False	c	p	0	False	950
12571	routine_schema	19	64	7	False	c	p	0	False	950
12571	routine_name	19	64	8	False	c	p	0	False	950
12571	privilege_type	1043	-1	9	False	i	x	0	False	950
12571	is_grantable	1043	-1	10	False	i	x	0	False	950
12634	grantor	19	64	1	False	c	p	0	False	950
12634	grantee	19	64	2	False	c	p	0	False	950
12634	table_catalog	19	64	3	False	c	p	0	False	950
12634	table_schema	19	64	4	False	c	p	0	False	950
12634	table_name	19	64	5	False	c	p	0	False	950
12634	privilege_type	1043	-1	6	False	i	x	0	False	950
12634	is_grantable	1043	-1	7	False	i	x	0	False	950
12634	with_hierarchy	1043	-1	8	False	i	x	0	False	950
12663	grantor	19	64	1	False	c	p	0	False	950
12663	grantee	19	64	2	False	c	p	0	False	950
12663	udt_catalog	19	64	3	False	c	p	0	False	950
12663	udt_schema	19	64	4	False	c	p	0	False	950
12663	udt_name	19	64	5	False	c	p	0	False	950
12663	privilege_type	1043	-1	6	False	i	x	0	False	950
12663	is_grantable	1043	-1	7	False	i	x	0	False	950
12672	grantor	19	64	1	False	c	p	0	False	950
12672	grantee	19	64	2	False	c	p	0	False	950
12672	object_catalog	19	64	3	False	c	p	0	False	950
12672	object_schema	19	64	4	False	c	p	0	False	950
12672	object_name	19	64	5	False	c	p	0	False	950
12672	object_type	1043	-1	6	False	i	x	0	False	950
12672	privilege_type	1043	-1	7	False	i	x	0	False	950
12672	is_grantable	1043	-1	8	False	i	x	0	False	950
12561	specific_catalog	19	64	1	False	c	p	0	False	950
12561	specific_schema	19	64	2	False	c	p	0	False	950
12561	specific_name	19	64	3	False	c	p	0	False	950
12561	routine_catalog	19	64	4	False	c	p	0	False	950
12561	routine_schema	19	64	5	False	c	p	0	False	950
12561	routine_name	19	64	6	False	c	p	0	False	950
12561	table_catalog	19	64	7	False	c	p	0	False	950
12561	table_schema	19	64	8	False	c	p	0	False	950
12561	table_name	19	64	9	False	c	p	0	False	950
12561	column_name	19	64	10	False	c	p	0	False	950
12566	grantor	19	64	1	False	c	p	0	False	950
12566	grantee	19	64	2	False	c	p	0	False	950
12566	specific_catalog	19	64	3	False	c	p	0	False	950
12566	specific_schema	19	64	4	False	c	p	0	False	950
12566	specific_name	19	64	5	False	c	p	0	False	950
12566	routine_catalog	19	64	6	False	c	p	0	False	950
12566	routine_schema	19	64	7	False	c	p	0	False	950
12566	routine_name	19	64	8	False	c	p	0	False	950
12566	privilege_type	1043	-1	9	False	i	x	0	False	950
12566	is_grantable	1043	-1	10	False	i	x	0	False	950
12575	specific_catalog	19	64	1	False	c	p	0	False	950
12575	specific_schema	19	64	2	False	c	p	0	False	950
12575	specific_name	19	64	3	False	c	p	0	False	950
12575	routine_catalog	19	64	4	False	c	p	0	False	950
12575	routine_schema	19	64	5	False	c	p	0	False	950
12575	routine_name	19	64	6	False	c	p	0	False	950
12580	specific_catalog	19	64	1	False	c	p	0	False	950
12580	specific_schema	19	64	2	False	c	p	0	False	950
12580	specific_name	19	64	3	False	c	p	0	False	950
12580	routine_catalog	19	64	4	False	c	p	0	False	950
12580	routine_schema	19	64	5	False	c	p	0	False	950
12580	routine_name	19	64	6	False	c	p	0	False	950
12580	sequence_catalog	19	64	7	False	c	p	0	False	950
12580	sequence_schema	19	64	8	False	c	p	0	False	950
12580	sequence_name	19	64	9	False	c	p	0	False	950
12585	specific_catalog	19	64	1	False	c	p	0	False	950
12585	specific_schema	19	64	2	False	c	p	0	False	950
12585	specific_name	19	64	3	False	c	p	0	False	950
12585	routine_catalog	19	64	4	False	c	p	0	False	950
12585	routine_schema	19	64	5	False	c	p	0	False	950
12585	routine_name	19	64	6	False	c	p	0	False	950
12585	table_catalog	19	64	7	False	c	p	0	False	950
12585	table_schema	19	64	8	False	c	p	0	False	950
12585	table_name	19	64	9	False	c	p	0	False	950
12590	specific_catalog	19	64	1	False	c	p	0	False	950
12590	specific_schema	19	64	2	False	c	p	0	False	950
12590	specific_name	19	64	3	False	c	p	0	False	950
12590	routine_catalog	19	64	4	False	c	p	0	False	950
12590	routine_schema	19	64	5	False	c	p	0	False	950
12590	routine_name	19	64	6	False	c	p	0	False	950
12590	routine_type	1043	-1	7	False	i	x	0	False	950
12590	module_catalog	19	64	8	False	c	p	0	False	950
12590	module_schema	19	64	9	False	c	p	0	False	950
12590	module_name	19	64	10	False	c	p	0	False	950
12590	udt_catalog	19	64	11	False	c	p	0	False	950
12590	udt_schema	19	64	12	False	c	p	0	False	950
12590	udt_name	19	64	13	False	c	p	0	False	950
12590	data_type	1043	-1	14	False	i	x	0	False	950
12590	character_maximum_length	23	4	15	True	i	p	0	False	0
12590	character_octet_length	23	4	16	True	i	p	0	False	0
12590	character_set_catalog	19	64	17	False	c	p	0	False	950
12590	character_set_schema	19	64	18	False	c	p	0	False	950
12590	character_set_name	19	64	19	False	c	p	0	False	950
12590	collation_catalog	19	64	20	False	c	p	0	False	950
12590	collation_schema	19	64	21	False	c	p	0	False	950
12590	collation_name	19	64	22	False	c	p	0	False	950
12590	numeric_precision	23	4	23	True	i	p	0	False	0
12590	numeric_precision_radix	23	4	24	True	i	p	0	False	0
12590	numeric_scale	23	4	25	True	i	p	0	False	0
12590	datetime_precision	23	4	26	True	i	p	0	False	0
12590	interval_type	1043	-1	27	False	i	x	0	False	950
12590	interval_precision	23	4	28	True	i	p	0	False	0
12590	type_udt_catalog	19	64	29	False	c	p	0	False	950
12590	type_udt_schema	19	64	30	False	c	p	0	False	950
12590	type_udt_name	19	64	31	False	c	p	0	False	950
12590	scope_catalog	19	64	32	False	c	p	0	False	950
12590	scope_schema	19	64	33	False	c	p	0	False	950
12590	scope_name	19	64	34	False	c	p	0	False	950
12590	maximum_cardinality	23	4	35	True	i	p	0	False	0
12590	dtd_identifier	19	64	36	False	c	p	0	False	950
12590	routine_body	1043	-1	37	False	i	x	0	False	950
12590	routine_definition	1043	-1	38	False	i	x	0	False	950
12590	external_name	1043	-1	39	False	i	x	0	False	950
12590	external_language	1043	-1	40	False	i	x	0	False	950
12590	parameter_style	1043	-1	41	False	i	x	0	False	950
12590	is_deterministic	1043	-1	42	False	i	x	0	False	950
12590	sql_data_access	1043	-1	43	False	i	x	0	False	950
12590	is_null_call	1043	-1	44	False	i	x	0	False	950
12590	sql_path	1043	-1	45	False	i	x	0	False	950
12590	schema_level_routine	1043	-1	46	False	i	x	0	False	950
12590	max_dynamic_result_sets	23	4	47	True	i	p	0	False	0
12590	is_user_defined_cast	1043	-1	48	False	i	x	0	False	950
12590	is_implicitly_invocable	1043	-1	49	False	i	x	0	False	950
12590	security_type	1043	-1	50	False	i	x	0	False	950
12590	to_sql_specific_catalog	19	64	51	False	c	p	0	False	950
12590	to_sql_specific_schema	19	64	52	False	c	p	0	False	950
12590	to_sql_specific_name	19	64	53	False	c	p	0	False	950
12590	as_locator	1043	-1	54	False	i	x	0	False	950
12590	created	1184	8	55	True	d	p	0	False	0
12590	last_altered	1184	8	56	True	d	p	0	False	0
12590	new_savepoint_level	1043	-1	57	False	i	x	0	False	950
12590	is_udt_dependent	1043	-1	58	False	i	x	0	False	950
12590	result_cast_from_data_type	1043	-1	59	False	i	x	0	False	950
12590	result_cast_as_locator	1043	-1	60	False	i	x	0	False	950
12590	result_cast_char_max_length	23	4	61	True	i	p	0	False	0
12590	result_cast_char_octet_length	23	4	62	True	i	p	0	False	0
12590	result_cast_char_set_catalog	19	64	63	False	c	p	0	False	950
12590	result_cast_char_set_schema	19	64	64	False	c	p	0	False	950
12590	result_cast_char_set_name	19	64	65	False	c	p	0	False	950
12590	result_cast_collation_catalog	19	64	66	False	c	p	0	False	950
12590	result_cast_collation_schema	19	64	67	False	c	p	0	False	950
12590	result_cast_collation_name	19	64	68	False	c	p	0	False	950
12590	result_cast_numeric_precision	23	4	69	True	i	p	0	False	0
12590	result_cast_numeric_precision_radix	23	4	70	True	i	p	0	False	0
12590	result_cast_numeric_scale	23	4	71	True	i	p	0	False	0
12590	result_cast_datetime_precision	23	4	72	True	i	p	0	False	0
12590	result_cast_interval_type	1043	-1	73	False	i	x	0	False	950
12590	result_cast_interval_precision	23	4	74	True	i	p	0	False	0
12590	result_cast_type_udt_catalog	19	64	75	False	c	p	0	False	950
12590	result_cast_type_udt_schema	19	64	76	False	c	p	0	False	950
12590	result_cast_type_udt_name	19	64	77	False	c	p	0	False	950
12590	result_cast_scope_catalog	19	64	78	False	c	p	0	False	950
12590	result_cast_scope_schema	19	64	79	False	c	p	0	False	950
12590	result_cast_scope_name	19	64	80	False	c	p	0	False	950
12590	result_cast_maximum_cardinality	23	4	81	True	i	p	0	False	0
12590	result_cast_dtd_identifier	19	64	82	False	c	p	0	False	950
12595	catalog_name	19	64	1	False	c	p	0	False	950
12595	schema_name	19	64	2	False	c	p	0	False	950
12595	schema_owner	19	64	3	False	c	p	0	False	950
12595	default_character_set_catalog	19	64	4	False	c	p	0	False	950
12595	default_character_set_schema	19	64	5	False	c	p	0	False	950
12595	default_character_set_name	19	64	6	False	c	p	0	False	950
12595	sql_path	1043	-1	7	False	i	x	0	False	950
12599	sequence_catalog	19	64	1	False	c	p	0	False	950
12599	sequence_schema	19	64	2	False	c	p	0	False	950
12599	sequence_name	19	64	3	False	c	p	0	False	950
12599	data_type	1043	-1	4	False	i	x	0	False	950
12599	numeric_precision	23	4	5	True	i	p	0	False	0
12599	numeric_precision_radix	23	4	6	True	i	p	0	False	0
12599	numeric_scale	23	4	7	True	i	p	0	False	0
12599	start_value	1043	-1	8	False	i	x	0	False	950
12599	minimum_value	1043	-1	9	False	i	x	0	False	950
12599	maximum_value	1043	-1	10	False	i	x	0	False	950
12599	increment	1043	-1	11	False	i	x	0	False	950
12599	cycle_option	1043	-1	12	False	i	x	0	False	950
12604	feature_id	1043	-1	1	False	i	x	0	False	950
12604	feature_name	1043	-1	2	False	i	x	0	False	950
12604	sub_feature_id	1043	-1	3	False	i	x	0	False	950
12604	sub_feature_name	1043	-1	4	False	i	x	0	False	950
12604	is_supported	1043	-1	5	False	i	x	0	False	950
12604	is_verified_by	1043	-1	6	False	i	x	0	False	950
12604	comments	1043	-1	7	False	i	x	0	False	950
12609	implementation_info_id	1043	-1	1	False	i	x	0	False	950
12609	implementation_info_name	1043	-1	2	False	i	x	0	False	950
12609	integer_value	23	4	3	True	i	p	0	False	0
12609	character_value	1043	-1	4	False	i	x	0	False	950
12609	comments	1043	-1	5	False	i	x	0	False	950
12614	feature_id	1043	-1	1	False	i	x	0	False	950
12614	feature_name	1043	-1	2	False	i	x	0	False	950
12614	is_supported	1043	-1	3	False	i	x	0	False	950
12614	is_verified_by	1043	-1	4	False	i	x	0	False	950
12614	comments	1043	-1	5	False	i	x	0	False	950
12619	sizing_id	23	4	1	True	i	p	0	False	0
12619	sizing_name	1043	-1	2	False	i	x	0	False	950
12619	supported_value	23	4	3	True	i	p	0	False	0
12619	comments	1043	-1	4	False	i	x	0	False	950
12624	constraint_catalog	19	64	1	False	c	p	0	False	950
12624	constraint_schema	19	64	2	False	c	p	0	False	950
12624	constraint_name	19	64	3	False	c	p	0	False	950
12624	table_catalog	19	64	4	False	c	p	0	False	950
12624	table_schema	19	64	5	False	c	p	0	False	950
12624	table_name	19	64	6	False	c	p	0	False	950
12624	constraint_type	1043	-1	7	False	i	x	0	False	950
12624	is_deferrable	1043	-1	8	False	i	x	0	False	950
12624	initially_deferred	1043	-1	9	False	i	x	0	False	950
12624	enforced	1043	-1	10	False	i	x	0	False	950
12624	nulls_distinct	1043	-1	11	False	i	x	0	False	950
12629	grantor	19	64	1	False	c	p	0	False	950
12629	grantee	19	64	2	False	c	p	0	False	950
12629	table_catalog	19	64	3	False	c	p	0	False	950
12629	table_schema	19	64	4	False	c	p	0	False	950
12629	table_name	19	64	5	False	c	p	0	False	950
12629	privilege_type	1043	-1	6	False	i	x	0	False	950
12629	is_grantable	1043	-1	7	False	i	x	0	False	950
12629	with_hierarchy	1043	-1	8	False	i	x	0	False	950
12638	table_catalog	19	64	1	False	c	p	0	False	950
12638	table_schema	19	64	2	False	c	p	0	False	950
12638	table_name	19	64	3	False	c	p	0	False	950
12638	table_type	1043	-1	4	False	i	x	0	False	950
12638	self_referencing_column_name	19	64	5	False	c	p	0	False	950
12638	reference_generation	1043	-1	6	False	i	x	0	False	950
12638	user_defined_type_catalog	19	64	7	False	c	p	0	False	950
12638	user_defined_type_schema	19	64	8	False	c	p	0	False	950
12638	user_defined_type_name	19	64	9	False	c	p	0	False	950
12638	is_insertable_into	1043	-1	10	False	i	x	0	False	950
12638	is_typed	1043	-1	11	False	i	x	0	False	950
12638	commit_action	1043	-1	12	False	i	x	0	False	950
12643	udt_catalog	19	64	1	False	c	p	0	False	950
12643	udt_schema	19	64	2	False	c	p	0	False	950
12643	udt_name	19	64	3	False	c	p	0	False	950
12643	specific_catalog	19	64	4	False	c	p	0	False	950
12643	specific_schema	19	64	5	False	c	p	0	False	950
12643	specific_name	19	64	6	False	c	p	0	False	950
12643	group_name	19	64	7	False	c	p	0	False	950
12643	transform_type	1043	-1	8	False	i	x	0	False	950
12648	trigger_catalog	19	64	1	False	c	p	0	False	950
12648	trigger_schema	19	64	2	False	c	p	0	False	950
12648	trigger_name	19	64	3	False	c	p	0	False	950
12648	event_object_catalog	19	64	4	False	c	p	0	False	950
12648	event_object_schema	19	64	5	False	c	p	0	False	950
12648	event_object_table	19	64	6	False	c	p	0	False	950
12648	event_object_column	19	64	7	False	c	p	0	False	950
12653	trigger_catalog	19	64	1	False	c	p	0	False	950
12653	trigger_schema	19	64	2	False	c	p	0	False	950
12653	trigger_name	19	64	3	False	c	p	0	False	950
12653	event_manipulation	1043	-1	4	False	i	x	0	False	950
12653	event_object_catalog	19	64	5	False	c	p	0	False	950
12653	event_object_schema	19	64	6	False	c	p	0	False	950
12653	event_object_table	19	64	7	False	c	p	0	False	950
12653	action_order	23	4	8	True	i	p	0	False	0
12653	action_condition	1043	-1	9	False	i	x	0	False	950
12653	action_statement	1043	-1	10	False	i	x	0	False	950
12653	action_orientation	1043	-1	11	False	i	x	0	False	950
12653	action_timing	1043	-1	12	False	i	x	0	False	950
12653	action_reference_old_table	19	64	13	False	c	p	0	False	950
12653	action_reference_new_table	19	64	14	False	c	p	0	False	950
12653	action_reference_old_row	19	64	15	False	c	p	0	False	950
12653	action_reference_new_row	19	64	16	False	c	p	0	False	950
12653	created	1184	8	17	True	d	p	0	False	0
12658	grantor	19	64	1	False	c	p	0	False	950
12658	grantee	19	64	2	False	c	p	0	False	950
12658	udt_catalog	19	64	3	False	c	p	0	False	950
12658	udt_schema	19	64	4	False	c	p	0	False	950
12658	udt_name	19	64	5	False	c	p	0	False	950
12658	privilege_type	1043	-1	6	False	i	x	0	False	950
12658	is_grantable	1043	-1	7	False	i	x	0	False	950
12667	grantor	19	64	1	False	c	p	0	False	950
12667	grantee	19	64	2	False	c	p	0	False	950
12667	object_catalog	19	64	3	False	c	p	0	False	950
12667	object_schema	19	64	4	False	c	p	0	False	950
12667	object_name	19	64	5	False	c	p	0	False	950
12667	object_type	1043	-1	6	False	i	x	0	False	950
12667	privilege_type	1043	-1	7	False	i	x	0	False	950
12667	is_grantable	1043	-1	8	False	i	x	0	False	950
12676	user_defined_type_catalog	19	64	1	False	c	p	0	False	950
12676	user_defined_type_schema	19	64	2	False	c	p	0	False	950
12676	user_defined_type_name	19	64	3	False	c	p	0	False	950
12676	user_defined_type_category	1043	-1	4	False	i	x	0	False	950
12676	is_instantiable	1043	-1	5	False	i	x	0	False	950
12676	is_final	1043	-1	6	False	i	x	0	False	950
12676	ordering_form	1043	-1	7	False	i	x	0	False	950
12676	ordering_category	1043	-1	8	False	i	x	0	False	950
12676	ordering_routine_catalog	19	64	9	False	c	p	0	False	950
12676	ordering_routine_schema	19	64	10	False	c	p	0	False	950
12676	ordering_routine_name	19	64	11	False	c	p	0	False	950
12676	reference_type	1043	-1	12	False	i	x	0	False	950
12676	data_type	1043	-1	13	False	i	x	0	False	950
12676	character_maximum_length	23	4	14	True	i	p	0	False	0
12676	character_octet_length	23	4	15	True	i	p	0	False	0
12676	character_set_catalog	19	64	16	False	c	p	0	False	950
12676	character_set_schema	19	64	17	False	c	p	0	False	950
12676	character_set_name	19	64	18	False	c	p	0	False	950
12676	collation_catalog	19	64	19	False	c	p	0	False	950
12676	collation_schema	19	64	20	False	c	p	0	False	950
12676	collation_name	19	64	21	False	c	p	0	False	950
12676	numeric_precision	23	4	22	True	i	p	0	False	0
12676	numeric_precision_radix	23	4	23	True	i	p	0	False	0
12676	numeric_scale	23	4	24	True	i	p	0	False	0
12676	datetime_precision	23	4	25	True	i	p	0	False	0
12676	interval_type	1043	-1	26	False	i	x	0	False	950
12676	interval_precision	23	4	27	True	i	p	0	False	0
12676	source_dtd_identifier	19	64	28	False	c	p	0	False	950
12676	ref_dtd_identifier	19	64	29	False	c	p	0	False	950
12762	authorization_identifier	19	64	1	False	c	p	0	False	950
12762	foreign_server_catalog	19	64	2	False	c	p	0	False	950
12762	foreign_server_name	19	64	3	False	c	p	0	False	950
12762	option_name	19	64	4	False	c	p	0	False	950
12762	option_value	1043	-1	5	False	i	x	0	False	950
12767	authorization_identifier	19	64	1	False	c	p	0	False	950
12767	foreign_server_catalog	19	64	2	False	c	p	0	False	950
12767	foreign_server_name	19	64	3	False	c	p	0	False	950
12681	view_catalog	19	64	1	False	c	p	0	False	950
12681	view_schema	19	64	2	False	c	p	0	False	950
12681	view_name	19	64	3	False	c	p	0	False	950
12681	table_catalog	19	64	4	False	c	p	0	False	950
12681	table_schema	19	64	5	False	c	p	0	False	950
12681	table_name	19	64	6	False	c	p	0	False	950
12681	column_name	19	64	7	False	c	p	0	False	950
12686	table_catalog	19	64	1	False	c	p	0	False	950
12686	table_schema	19	64	2	False	c	p	0	False	950
12686	table_name	19	64	3	False	c	p	0	False	950
12686	specific_catalog	19	64	4	False	c	p	0	False	950
12686	specific_schema	19	64	5	False	c	p	0	False	950
12686	specific_name	19	64	6	False	c	p	0	False	950
12691	view_catalog	19	64	1	False	c	p	0	False	950
12691	view_schema	19	64	2	False	c	p	0	False	950
12691	view_name	19	64	3	False	c	p	0	False	950
12691	table_catalog	19	64	4	False	c	p	0	False	950
12691	table_schema	19	64	5	False	c	p	0	False	950
12691	table_name	19	64	6	False	c	p	0	False	950
12696	table_catalog	19	64	1	False	c	p	0	False	950
12696	table_schema	19	64	2	False	c	p	0	False	950
12696	table_name	19	64	3	False	c	p	0	False	950
12696	view_definition	1043	-1	4	False	i	x	0	False	950
12696	check_option	1043	-1	5	False	i	x	0	False	950
12696	is_updatable	1043	-1	6	False	i	x	0	False	950
12696	is_insertable_into	1043	-1	7	False	i	x	0	False	950
12696	is_trigger_updatable	1043	-1	8	False	i	x	0	False	950
12696	is_trigger_deletable	1043	-1	9	False	i	x	0	False	950
12696	is_trigger_insertable_into	1043	-1	10	False	i	x	0	False	950$tavana$, chr(10))), chr(9)) AS _f);
